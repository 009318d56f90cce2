from . import csv_file, xlsx
