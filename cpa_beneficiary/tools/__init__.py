from . import hijri, riyadh, saudi, text
