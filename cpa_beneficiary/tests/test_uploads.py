"""Which files may come, how many and how large, whoever sends them and by whatever way (P-32, data protection)."""

import base64
import io
import zipfile

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from PIL import Image

from ..models.ir_attachment import HANDED_OUT, MEGABYTE
from ..tools.uploads import MOST_UNPACKED
from .common import CpaCommon

PDF = b"%PDF-1.4 a scan"


def picture(kind="PNG", size=(4, 4), frames=1, **options):
    images = [Image.new("RGB", size, (number * 100, 0, 0)) for number in range(frames)]
    stream = io.BytesIO()
    images[0].save(stream, kind, **({"save_all": True, "append_images": images[1:]} if frames > 1 else {}), **options)
    return stream.getvalue()


def archive(*names, size=0):
    """Return a .docx with the given parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as document:
        for name in ("[Content_Types].xml", "_rels/.rels", "word/document.xml", *names):
            document.writestr(name, b"<x/>")
        if size:
            with document.open("word/media/bomb.xml", "w", force_zip64=True) as part:
                for _part in range(size // MEGABYTE):
                    part.write(b"\0" * MEGABYTE)
    return stream.getvalue()


@tagged("post_install", "-at_install")
class TestUploads(CpaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.request = cls.make_request(beneficiary_id=cls.make_beneficiary().id)
        cls.lead = (
            cls.env["crm.lead"]
            .with_user(cls.officer)
            .create({"name": "A question", "is_inquiry": True, "channel_id": cls.channel.id})
        )

    def upload(self, record, raw=PDF, name="scan.pdf", user=None, **vals):
        """Upload as the officer, or as whom core's public route does it (the superuser)."""
        attachments = self.env["ir.attachment"].with_user(user or self.officer)
        return attachments.create({"name": name, "raw": raw, "res_model": record._name, "res_id": record.id, **vals})

    def refused(self, *args, **kwargs):
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.upload(*args, **kwargs)

    def test_what_is_taken(self):
        for record in (self.request, self.lead):
            for raw, name in (
                (PDF, "scan.pdf"),
                (picture(), "photo.png"),
                (picture("JPEG"), "photo.JPG"),
                (picture("WEBP"), "photo.webp"),
                (archive(), "letter.docx"),
            ):
                with self.subTest(record=record, name=name):
                    self.assertTrue(self.upload(record, raw, name))

    def test_what_is_refused(self):
        """Programs, pages, drawings that run scripts, and what is something else than it says: in every way in."""
        for record in (self.request, self.lead):
            for raw, name in (
                (b"MZ\x90\x00 program", "program.exe"),
                (b"<html><script>alert(1)</script></html>", "page.html"),
                (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "drawing.svg"),
                (b"<html>%PDF-1.4</html>", "scan.pdf"),
                (picture(), "photo.pdf"),
                (b"\x89PNG\r\n\x1a\n<script>alert(1)</script>", "photo.png"),
                (b"GIF89a", "film.gif"),
                (archive("word/vbaProject.bin"), "letter.docx"),
                (b"PK\x03\x04 no archive", "letter.docx"),
            ):
                for user in (self.officer, self.env.ref("base.user_root")):
                    with self.subTest(record=record, name=name, user=user.login):
                        self.refused(record, raw, name, user=user)
                with self.subTest(record=record, name=name, way="base64"):
                    self.refused(record, False, name, datas=base64.b64encode(raw))

    def test_pictures_that_fill_the_memory(self):
        """A photo is one picture of at most 50 million points; packed, far more fit into a few kilobytes."""
        self.refused(self.request, picture(size=(10_000, 5_001)), "photo.png")
        self.refused(self.request, picture(frames=2), "film.png")
        self.refused(self.request, picture("WEBP", frames=3), "film.webp")

    def test_archives_that_fill_the_disk(self):
        self.refused(self.request, archive(size=MOST_UNPACKED + MEGABYTE), "letter.docx")

    def test_harmless_behind_a_picture(self):
        """A picture with a page behind it is served as the picture that it is, never as the page."""
        attachment = self.upload(self.request, picture() + b"<script>alert(1)</script>", "photo.png")
        self.assertEqual(attachment.mimetype, "image/png")

    def test_moved_to_a_record(self):
        """What was uploaded elsewhere is looked at when it comes to a record of ours."""
        pending = self.env["ir.attachment"].create({"name": "page.html", "raw": b"<html/>"})
        for record in (self.request, self.lead):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                pending.write({"res_model": record._name, "res_id": record.id})

    def test_settings_of_size_and_number(self):
        """How large, how many and how much a day are settings; they hold for files that are moved as well."""
        company = self.env.company
        company.write({"cpa_upload_mb": 1, "cpa_upload_files": 3, "cpa_upload_day_mb": 2})
        large = PDF + b"0" * (MEGABYTE - len(PDF))
        self.refused(self.request, large + b"0")
        self.upload(self.request, large)
        self.upload(self.request, large[:-100])
        self.refused(self.request, large)
        self.upload(self.request)
        self.refused(self.request)
        moved = self.env["ir.attachment"].create({"name": "scan.pdf", "raw": PDF})
        with self.assertRaises(ValidationError), self.cr.savepoint():
            moved.write({"res_model": self.request._name, "res_id": self.request.id})
        self.upload(self.lead)

    def test_many_records_at_once(self):
        """The limits are read for all records of a batch together."""
        requests = self.request | self.make_request() | self.make_request() | self.make_request()
        values = [{"name": "scan.pdf", "raw": PDF, "res_model": "cpa.request", "res_id": r.id} for r in requests]
        room = self.env["ir.attachment"]._check_room
        room(values[:1])
        for batch in (values[:2], values):
            with self.assertQueryCount(2):
                room(batch)

    def test_leads_of_others_take_anything(self):
        lead = self.env["crm.lead"].create({"name": "Sale", "is_inquiry": False})
        self.assertTrue(self.upload(lead, b"anything", "offer.bin", user=self.env.ref("base.user_root")))

    def test_by_mail(self):
        """A mail is kept as it came; what of it is no document is handed out as a file, and opens as nothing."""
        by_mail = self.env["ir.attachment"].sudo().with_context(cpa_automatic_mail=False)
        values = {"res_model": "crm.lead", "res_id": self.lead.id}
        page = by_mail.create({"name": "page.html", "raw": b"<html><script>alert(1)</script></html>", **values})
        scan = by_mail.create({"name": "scan.pdf", "raw": PDF, **values})
        self.assertEqual((page.mimetype, scan.mimetype), (HANDED_OUT, "application/pdf"))
