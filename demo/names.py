"""Word lists from which people, firms and places are built, by country.

Firms are a surname or an invented place plus a trade; web domains end in `.example`, which can
belong to nobody, so no message of the story can reach a real person.
"""

FIRST = {
    "BE": "Lotte Emma Jana Marie Elise Sarah Katrien Ilse Greet An Hilde Veerle Jeroen Pieter"
    " Bart Koen Wouter Stijn Dirk Luc Tom Bram Gert Filip Benoît Olivier Céline Amélie Laurent"
    " Valérie",
    "NL": "Sanne Femke Marloes Anouk Iris Roos Esther Linda Daan Sander Jeroen Maarten Bas Ruben"
    " Martijn Wim Henk Niels Thijs Arjan Joost Marieke",
    "FR": "Camille Sophie Aurélie Claire Isabelle Nathalie Élodie Sandrine Hélène Pierre Julien"
    " Nicolas Antoine Mathieu Vincent Stéphane Philippe Guillaume Bruno Thierry Étienne",
    "GB": "Charlotte Olivia Hannah Rachel Gemma Fiona Helen Lucy James Oliver Simon Andrew"
    " Gareth Stuart Neil Graham Duncan Harry Craig Adam",
    "DE": "Katrin Sabine Julia Stefanie Andrea Monika Birgit Lena Nina Ulrike Stefan Andreas"
    " Matthias Jürgen Markus Tobias Florian Uwe Holger Carsten Dieter Sebastian Jens Ralf",
    "AT": "Barbara Elisabeth Eva Petra Verena Magdalena Gerhard Franz Josef Martin Wolfgang"
    " Georg Harald Christoph Reinhard Manuel",
    "CH": "Nadine Regula Daniela Corinne Ursula Anita Reto Urs Beat Marco Roland Simon Patrick"
    " Daniel Adrian Thomas",
    "SE": "Karin Maria Åsa Elin Sofia Ingrid Linnea Anders Lars Johan Mikael Per Fredrik Henrik"
    " Niklas Gustav Björn",
    "DK": "Mette Hanne Kirsten Louise Camilla Rikke Søren Lars Henrik Jesper Mads Rasmus Thomas"
    " Morten Kasper",
    "US": "Jennifer Amanda Jessica Melissa Laura Karen Patricia Denise Maria Angela Nicole"
    " Heather David Robert Brian Kevin Jason Eric Steven Mark Daniel Gregory Carlos Anthony"
    " Scott Tyrone",
    "CA": "Stephanie Danielle Megan Allison Chantal Lindsay Heather Geneviève Jonathan Derek"
    " Craig Marc-André Trevor Graham Kyle Louis Ian",
}

LAST = {
    "BE": "Claessens Verhaegen Wouters Jacobs Goossens Willems Hendrickx Lemmens Aerts Smets"
    " Bogaert Coppens Geerts Michiels Vermeiren Pauwels Stevens Segers Thijs Baeten Desmet"
    " Martens Dewulf Lejeune Delvaux Collignon Renard Gillard Noël Hubert Dumortier Charlier"
    " Wauters Verstraete",
    "NL": "Bakker Dekker Visser Hoekstra Kuipers Veenstra Brouwer Mulder Postma Schouten Vos"
    " Dijkstra Kramer Groen Verbeek Timmermans Scholten Wiersma Koster Hendriks Prins Huisman"
    " Boersma Zwart",
    "FR": "Moreau Girard Lefèvre Chevalier Roussel Garnier Faure Blanchard Perrin Marchand"
    " Lemoine Fontaine Barbier Renaud Carpentier Delmas Vasseur Besson Tessier Poirier Royer"
    " Leclerc Bertrand Charpentier",
    "GB": "Ashworth Hargreaves Whitaker Pemberton Bradshaw Fairclough Holroyd Greenwood Thornton"
    " Sutcliffe Kershaw Barlow Stanton Crowther Lister Redfern Wainwright Ackroyd Entwistle Hale",
    "DE": "Hoffmann Lindner Krause Vogel Schuster Beckmann Reinhardt Sommer Winkler Engel"
    " Ziegler Böhm Kühn Pohl Arnold Bergmann Franke Seidel Lorenz Ebert Haas Schreiber Dietrich"
    " Kuhn Brandl Hagedorn Mertens Ostermann Petersen Thiele Rademacher Wiegand Overbeck Stahl",
    "AT": "Gruber Hofer Steiner Moser Leitner Pichler Eder Brunner Egger Wallner Haider Lechner"
    " Aigner Reiter Ebner Schwaiger",
    "CH": "Ammann Brunner Frei Gerber Hunziker Kaufmann Lüthi Odermatt Rüegg Schmid Zbinden"
    " Bühler Wyss Aebi Iten Bachmann",
    "SE": "Lindqvist Bergström Sandberg Nyström Ekström Hedlund Forsberg Lundin Öberg Sjögren"
    " Wallin Åkerman Holmberg Engström Norling Strand",
    "DK": "Østergaard Nørgaard Kjær Lauridsen Damgaard Bjerre Holst Overgaard Krogh Skov Toft"
    " Vestergaard Friis Bruun",
    "US": "Caldwell Harrington Whitfield Brennan Sandoval Delgado Hutchins Mercer Prescott"
    " Lindgren Novak Castillo Brewer Langston McAllister Thackeray Pruitt Holloway Ramsey"
    " Kowalski Draper Fitzgerald Underwood Yates Albright Boone Espinoza Granger Hensley Ingram"
    " Jarvis Keller Lockwood Maddox",
    "CA": "Tremblay Gagnon MacLeod Fraser Bouchard Campbell Sinclair Morrissey Lavoie Pelletier"
    " Kowalchuk Drummond Beaulieu Stratton Reimer Oakley",
}

# (town, postcode, state)
PLACES = {
    "BE": "Gent|9000 Antwerpen|2030 Kortrijk|8500 Mechelen|2800 Hasselt|3500 Leuven|3001"
    " Aalst|9300 Roeselare|8800 Genk|3600 Turnhout|2300 Liège|4020 Namur|5000 Charleroi|6040"
    " Tournai|7500 Nivelles|1400 Wavre|1300",
    "NL": "Tilburg|5047 Breda|4817 Venlo|5928 Zwolle|8013 Eindhoven|5651 Waalwijk|5145"
    " Apeldoorn|7325 Rotterdam|3045 Almere|1322 Deventer|7418",
    "FR": "Lille|59000 Amiens|80000 Reims|51100 Rennes|35000 Nantes|44100 Dijon|21000"
    " Rouen|76100 Lyon|69007 Orléans|45100 Metz|57070",
    "GB": "Leeds|LS10_1PZ Doncaster|DN4_5JP Preston|PR2_5BX Derby|DE24_8ZS Hull|HU7_0YW"
    " Northampton|NN4_7HT Warrington|WA2_8TX Swindon|SN3_4TQ",
    "DE": "Bielefeld|33609 Kassel|34123 Ulm|89077 Augsburg|86167 Bremen|28199 Dortmund|44147"
    " Heilbronn|74076 Leipzig|04158 Münster|48155 Nürnberg|90431 Osnabrück|49084"
    " Regensburg|93055 Rostock|18069 Würzburg|97080",
    "AT": "Linz|4020 Graz|8020 Wels|4600 Salzburg|5020 Dornbirn|6850 Villach|9500",
    "CH": "Winterthur|8400 Aarau|5000 Luzern|6003 Thun|3600 Wil|9500 Frauenfeld|8500",
    "SE": "Jönköping|553_05 Örebro|702_31 Borås|504_64 Linköping|582_78 Västerås|721_32",
    "DK": "Odense|5220 Vejle|7100 Kolding|6000 Horsens|8700 Aalborg|9000",
    "US": "Rockford|61109|IL Toledo|43612|OH Allentown|18109|PA Columbus|43228|OH"
    " Memphis|38118|TN Indianapolis|46241|IN Louisville|40219|KY Milwaukee|53204|WI"
    " Omaha|68117|NE Fresno|93725|CA Reno|89506|NV Greenville|29605|SC Savannah|31408|GA"
    " Dallas|75247|TX Tulsa|74116|OK Newark|07114|NJ",
    "CA": "Mississauga|L5T_1A1|ON Laval|H7L_4X6|QC Winnipeg|R3H_0Z4|MB Calgary|T2C_4L5|AB"
    " Guelph|N1K_1B8|ON Surrey|V3W_2M4|BC",
}

STREETS = {
    "BE": "Industrielaan Nijverheidsstraat Havenlaan Kanaalweg Molenstraat Stationsstraat",
    "NL": "Industrieweg Handelsweg Edisonstraat Havenkade Transportweg Ambachtsweg",
    "FR": "Rue_de_l'Industrie Avenue_des_Ateliers Rue_du_Port Boulevard_Pasteur Rue_des_Tanneurs",
    "GB": "Mill_Lane Canal_Road Station_Approach Wharf_Street Foundry_Way Enterprise_Park",
    "DE": "Industriestraße Gewerbering Hafenstraße Am_Güterbahnhof Siemensweg Lagerstraße",
    "AT": "Industriezeile Gewerbepark Bahnhofstraße Werkstraße",
    "CH": "Industriestrasse Gewerbestrasse Fabrikweg Bahnhofplatz",
    "SE": "Industrigatan Hamnvägen Verkstadsgatan Lagervägen",
    "DK": "Industrivej Havnegade Fabriksvej Erhvervsparken",
    "US": "Commerce_Drive Industrial_Parkway Warehouse_Road Foundry_Street Distribution_Way",
    "CA": "Industrial_Road Meadowvale_Boulevard Chemin_du_Port Logistics_Drive",
}

# trade|pattern; * is a surname or place, the trade tells what they make
TRADES = {
    "BE": "food|*_Foods_NV bakery|Bakkerij_* logistics|*_Logistics_NV beverages|Brouwerij_*"
    " pharma|*_Pharma_BV chemicals|*_Chemie_NV dairy|Zuivel_*_BV printing|Drukkerij_*"
    " logistics|Transport_*_BV cosmetics|*_Cosmetics_SRL food|Conserverie_*_SA"
    " furniture|Meubelen_*_NV",
    "NL": "flowers|*_Bloemen_BV food|*_Versproducten_BV logistics|*_Transport_BV"
    " dairy|Kaasmakerij_* beverages|*_Dranken_BV retail|*_Groothandel_BV chemicals|*_Coatings_BV"
    " pharma|*_Medical_BV bakery|Banketbakkerij_*",
    "FR": "food|Conserverie_*_SAS dairy|Laiterie_* beverages|Cave_* logistics|Transports_*"
    " cosmetics|Laboratoires_* bakery|Biscuiterie_*_SAS pharma|*_Santé_SAS printing|Imprimerie_*"
    " metal|Ateliers_*_SARL",
    "GB": "food|*_Foods_Ltd beverages|*_Brewery_Ltd logistics|*_Haulage_Ltd bakery|*_Bakery_Ltd"
    " retail|*_Wholesale_Ltd pharma|*_Healthcare_Ltd metal|*_Engineering_Ltd",
    "DE": "logistics|*_Logistik_GmbH beverages|Brauerei_* food|*_Lebensmittel_GmbH"
    " metal|*_Metallbau_GmbH bakery|Großbäckerei_* chemicals|*_Chemie_GmbH"
    " pharma|*_Arzneimittel_GmbH furniture|*_Möbelwerke dairy|Molkerei_* retail|*_Großhandel_KG"
    " printing|Druckhaus_*",
    "AT": "food|*_Feinkost_GmbH beverages|Weingut_* logistics|Spedition_* wood|*_Holzwerke_GmbH"
    " dairy|Käserei_* metal|*_Maschinenbau_GmbH",
    "CH": "food|*_Delikatessen_AG pharma|*_Pharma_AG logistics|*_Transport_AG"
    " metal|*_Präzision_AG dairy|Käserei_*_AG beverages|*_Getränke_AG",
    "SE": "food|*_Livsmedel_AB logistics|*_Frakt_AB wood|*_Träindustri_AB metal|*_Verkstad_AB"
    " beverages|*_Bryggeri_AB",
    "DK": "food|*_Fødevarer_A/S dairy|*_Mejeri_A/S logistics|*_Spedition_ApS"
    " furniture|*_Møbler_A/S pharma|*_Pharma_A/S",
    "US": "food|*_Foods_Inc. logistics|*_Distribution_LLC beverages|*_Bottling_Co."
    " retail|*_Supply_Co. pharma|*_Health_Products_Inc. bakery|*_Bakeries_Inc. dairy|*_Dairy_LLC"
    " metal|*_Manufacturing_Inc. cosmetics|*_Personal_Care_LLC food|*_Farms_LLC"
    " printing|*_Packaging_Corp.",
    "CA": "food|*_Foods_Ltd. beverages|*_Brewing_Ltd. logistics|*_Freight_Inc. wood|*_Mills_Ltd."
    " dairy|*_Dairy_Ltd.",
}

# halves of invented places that also make firm names; _ joins two words
PLACE_PARTS = {
    "BE": ("Berk Bos Eik Heide Kerk Linde Meer Molen Noorder Ooster Popel Schelde Veen Wilg Elze",
           "beek dam donk horst hout kamp laar veld waard wijk gem"),
    "NL": ("Berk Bos Eik Heide Water Linde Meer Molen Noorder Ooster Rijn Veen Zuider Wester",
           "beek dam dijk horst hout kamp land veld waard kade hof"),
    "FR": ("Beau Belle Bois Champ Clair Font Haute Mont Roche Val Vert Grand",
           "mont val fontaine rive court source lieu pré champ"),
    "GB": ("Ash Black Brook Clay Dun Elm Fern Green Hart King Marsh Oak Raven Stone Thorn Wood",
           "bridge combe dale field ford hurst leigh moor well wick by ton"),
    "DE": ("Alt Dorn Eichen Falken Grün Hirsch Kirch Linden Mühl Neu Rosen Schön Tannen Weser Isar",
           "bach berg brück feld hof stein tal au rode hagen"),
    "AT": ("Alm Donau Edel Enns Gams Hoch Inn Kalk Ober Sonn Tauern Traun",
           "bach berg hof tal feld stein au egg"),
    "CH": ("Aare Berg Eiger Gold Hasli Jura Rigi Säntis See Sonn",
           "hof tal matt halde egg blick bach feld"),
    "SE": ("Al Björk Ek Gran Lind Nord Sjö Sol Sten Vinter", "by dal fors holm sund torp vik ås"),
    "DK": ("Birke Bøge Ege Fjord Hav Lille Nord Sol Sten Vester", "by dal gård holm lund rup vang"),
    "US": ("Maple_ Blue_ Cedar_ Iron_ Red_ Silver_ Golden_ Granite_ Prairie_ Eagle_ Timber_"
           " Harbor_ River_ Pine_ Summit_",
           "Ridge Creek Valley Falls Canyon Lake Point Hollow Grove Bend Meadow Springs"),
    "CA": ("Northern_ Maple_ Birch_ Prairie_ Glacier_ Loon_ Cedar_ Polar_ Beaver_",
           "Lakes Harbour River Bay Ridge Point Falls Valley"),
}

PHONES = {
    "BE": "+32 9 2## ## ##|+32 3 2## ## ##|+32 56 2# ## ##|+32 16 2# ## ##",
    "NL": "+31 13 5## ####|+31 76 5## ####|+31 40 2## ####",
    "FR": "+33 3 20 ## ## ##|+33 2 40 ## ## ##|+33 4 72 ## ## ##",
    "GB": "+44 113 2## ####|+44 1302 3#####|+44 1332 2#####",
    "DE": "+49 521 4#####|+49 731 9#####|+49 421 5#####|+49 341 2#####",
    "AT": "+43 732 6#####|+43 316 2#####",
    "CH": "+41 52 2## ## ##|+41 62 8## ## ##",
    "SE": "+46 36 1# ## ##|+46 19 1# ## ##",
    "DK": "+45 65 ## ## ##|+45 75 ## ## ##",
    "US": "+1 815-555-####|+1 419-555-####|+1 614-555-####|+1 414-555-####|+1 559-555-####",
    "CA": "+1 905-555-####|+1 204-555-####",
}

FUNCTIONS = (
    "Plant Manager", "Purchasing Manager", "Head of Logistics", "Operations Director",
    "Production Engineer", "Maintenance Manager", "Technical Director", "Managing Director",
    "Supply Chain Manager", "Buyer", "Packaging Engineer", "Project Engineer", "Owner",
    "Warehouse Manager",
)
