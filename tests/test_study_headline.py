from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestStudyHeadline(TransactionCase):
    def headline(self, **values):
        study = self.env["crm.roi.study"].new({
            "state": "computed", "roi_base": 0.5, "roi_low": 0.1, "roi_high": 0.9,
            "gain": 150.0, "gain_low": 110.0, "gain_high": 190.0, **values,
        })
        return study.roi_value_text, study.roi_range_text

    def test_a_return_is_shown_with_its_range(self):
        value, around = self.headline()
        self.assertEqual((value, around), ("50 %", "10 % to 90 %"))

    def test_loss_and_return_alike_are_not_certain(self):
        value, around = self.headline(roi_low=-3.0, gain_low=-200.0)
        self.assertEqual(value, "not certain")
        self.assertEqual(around, "-300 % to 90 %, best estimate 50 %")

    def test_a_certain_gain_below_its_cost_is_a_figure(self):
        value, _around = self.headline(roi_low=-0.2, gain_low=80.0)
        self.assertEqual(value, "50 %")
