import os
import re
from pathlib import Path

import polib
from odoo.modules import get_module_path
from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import TranslationModuleReader, code_translations, trans_export

ADDONS = ("cpa_beneficiary", "cpa_survey", "cpa_volunteer")

# What Arabic texts write in Latin letters too: codes of clauses, examples of numbers and addresses, names of programs,
# the expressions that name files.
AS_IT_IS = re.compile(
    r"P-\d{2}|05x{8}\.?|[A-Z]{4}\d{4}|WeasyPrint|https://\S*|\(?object\.[a-z_.]+( or .+)?"
    # what a gateway of text messages is told, and a language in its own words
    r"|GET|POST|JSON|PDF|Authorization: .+|\"status\":.+|\{\"to\": .+\}|English"
)
ARABIC = re.compile(r"[\u0621-\u064a]")
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdf]")
TAG = re.compile(r"</?[a-z][^>]*>")
# attributes of inline markup that are shown or read aloud, and so are translated themselves
SPOKEN = re.compile(r'\s(title|aria-label|alt|placeholder)="[^"]*"')

MEND = "CPA_WRITE_TERMS=1 ./cpa test tests/test_translations.py writes the files anew"


def _tags(text):
    return sorted(SPOKEN.sub("", tag) for tag in TAG.findall(text))


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """All that people read is there in Arabic, and the templates of terms are current."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if os.environ.get("CPA_WRITE_TERMS"):
            cls.write_terms()
        # one by one, as they are exported: what two of them extend is a term of both
        cls.terms = {addon: {row[4] for row in TranslationModuleReader(cls.env.cr, [addon])} for addon in ADDONS}
        cls.template, cls.arabic = (
            {addon: polib.pofile(f"{get_module_path(addon)}/i18n/{name.format(addon)}") for addon in ADDONS}
            for name in ("{}.pot", "ar.po")
        )

    @classmethod
    def write_terms(cls):
        """Write each template anew and bring its ar.po in line: what is translated stays, what is new is empty."""
        for addon in ADDONS:
            folder = Path(get_module_path(addon), "i18n")
            with open(folder / f"{addon}.pot", "wb") as template:
                trans_export(False, [addon], template, "po", cls.env)
            arabic = polib.pofile(str(folder / "ar.po"))
            arabic.merge(polib.pofile(str(folder / f"{addon}.pot")))
            for entry in arabic.obsolete_entries():
                arabic.remove(entry)
            arabic.save()

    def assertNone(self, found, message):
        self.assertFalse(found, "\n".join([message, *map(repr, sorted(found))]))

    def test_template_is_current(self):
        for addon in ADDONS:
            with self.subTest(addon):
                template = {entry.msgid for entry in self.template[addon]}
                self.assertNone(self.terms[addon] - template, f"Terms not in the template; {MEND}")
                self.assertNone(template - self.terms[addon], f"Terms of the template that nothing uses; {MEND}")

    def test_every_term_is_arabic(self):
        for addon in ADDONS:
            with self.subTest(addon):
                done = {
                    entry.msgid
                    for entry in self.arabic[addon]
                    if not (entry.fuzzy or entry.obsolete)
                    and (ARABIC.search(entry.msgstr) or AS_IT_IS.fullmatch(entry.msgid))
                }
                # a term of punctuation alone is the same everywhere
                worded = {
                    term for term in self.terms[addon] if re.search(r"[A-Za-z]", PLACEHOLDER.sub("", TAG.sub("", term)))
                }
                worded |= {term for term in self.terms[addon] if SPOKEN.search(term)}
                self.assertNone(worded - done, f"Terms without Arabic in i18n/ar.po; {MEND}")

    def test_placeholders_and_markup_are_kept(self):
        for addon in ADDONS:
            with self.subTest(addon):
                for entry in self.arabic[addon]:
                    for parts in (PLACEHOLDER.findall, _tags):
                        self.assertEqual(
                            sorted(parts(entry.msgstr or entry.msgid)),
                            sorted(parts(entry.msgid)),
                            entry.msgid,
                        )

    def test_arabic_is_loaded(self):
        """Odoo reads ar.po for the language ar_001 (there is no ar_001.po and none is needed)."""
        self.env["res.lang"]._activate_lang("ar_001")
        self.env["ir.module.module"].search([("name", "in", ADDONS)])._update_translations(["ar_001"])
        arabic = self.env(context={**self.env.context, "lang": "ar_001"})
        self.assertEqual(arabic.ref("cpa_beneficiary.channel_delegate").name, "مناديب المكاتب الفرعية")
        self.assertEqual(
            dict(arabic["cpa.request"]._fields["state"]._description_selection(arabic))["withdrawn"],
            "مسحوب",
        )
        in_code = code_translations.get_python_translations("cpa_beneficiary", "ar_001")
        self.assertEqual(in_code["Give the reason."], "ذكر السبب.")
