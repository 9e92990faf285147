"""What a person sees of his own file on the website, and what he changes there himself (P-08, P-09)."""

from odoo import api, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from ..tools.hijri import format_both
from ..tools.riyadh import cpa_today
from ..tools.saudi import national_phone
from .res_users_applicant import READ_ONLY_STATES

# How one may wish to be reached: of the policy's channels, those by which we turn to a person.
REACHED_BY = ("phone", "interview", "letter", "social", "website")
MOST_NEEDS = 500


class CpaBeneficiary(models.Model):
    _inherit = "cpa.beneficiary"

    # ------------------------------------------------------------------
    # Whose file
    # ------------------------------------------------------------------

    @api.model
    def _portal_people(self):
        """Return for whom this user acts, himself first: list of dicts ``id``, ``name``, ``is_self``."""
        user = self.env.user
        # of those for whom he acts, which is checked by cpa_acts_for
        files = self.sudo().browse(user.cpa_acts_for())
        partner = user.sudo().partner_id
        return [
            {"id": file.id, "name": file.name, "is_self": file.partner_id == partner}
            for file in files.sorted(lambda file: file.partner_id != partner)
        ]

    @api.model
    def _portal_find(self, file_id=None):
        """Return the file that this user opens: his own one, or that of a person for whom he acts.

        :param file_id: int; None for his own, else the first of those for whom he acts
        :return: as superuser in the user's name, since he has no rights on files; empty for any other
        """
        people = self._portal_people()
        ids = [person["id"] for person in people if file_id in (None, person["id"])]
        return self.sudo().browse(ids[:1])

    # ------------------------------------------------------------------
    # What he sees
    # ------------------------------------------------------------------

    def _portal_file(self):
        """Return all that the page of the file shows; the caller has found the file by ``_portal_find``.

        Neither studies nor notes of staff, and of numbers the last digits only.

        :return: dict of texts and lists, no record
        """
        self.ensure_one()
        is_writing = self.id in self.env.user.cpa_acts_for(writing=True)
        return {
            "id": self.id,
            "name": self.name,
            "is_self": self.partner_id == self.env.user.partner_id,
            "file_number": self.file_number or "",
            "status": self._lifecycle_label(self.state),
            "is_read_only": not is_writing,
            "why_read_only": "" if is_writing else self._portal_why_read_only(),
            "sections": self._portal_sections(),
            "preferences": self._portal_preferences(),
            "corrections": self.correction_ids[:10]._portal_rows(),
            "charter": self._portal_charter(),
        }

    def _portal_why_read_only(self):
        if self.state in READ_ONLY_STATES:
            return self.env._("This file is closed for now: you can read it. Call us if you have a question.")
        return self.env._("You are under eighteen: you can read your file, and your guardian acts for you.")

    def _portal_day(self, day):
        return format_both(day, self.env.lang)

    def _portal_sections(self):
        """Return the data by section: list of dicts ``key``, ``title``, ``facts``, ``empty`` (said where there are
        none) and ``topics`` (of corrections: list of key and label).

        A fact is what ``part_facts`` shows: label, value and, where it is, "ltr".
        """
        identity = self.identity_id
        kinds = dict(identity._fields["type"]._description_selection(self.env))

        def fact(label, value, note="", ltr=False):
            text = "\n".join(part for part in (value, note) if part)
            return (label, text, "ltr") if ltr else (label, text)

        address = [
            fact(self._fields[name]._description_string(self.env), self[name], ltr=name.startswith("cpa_"))
            for name in (
                "city",
                "cpa_building_number",
                "zip",
                "cpa_additional_number",
                "cpa_short_address",
                "cpa_unit_number",
            )
        ]
        address[1:1] = [fact(self.env._("District"), self.street2), fact(self.env._("Street"), self.street)]
        topics = dict(self.correction_ids._fields["topic"]._description_selection(self.env))
        sections = [
            (
                ("name", "phone", "email"),
                self.env._("Name and contact"),
                [
                    fact(self.env._("Name"), self.name),
                    fact(self.env._("Mobile or telephone"), national_phone(self.phone), ltr=True),
                    fact(self.env._("E-mail"), self.email, ltr=True),
                ],
                self.env._("Not recorded yet."),
            ),
            (
                ("address",),
                self.env._("Address"),
                [fact(self.env._("Governorate"), self.governorate_id.name), *address],
                self.env._("Not recorded yet."),
            ),
            (
                ("identity",),
                self.env._("Identity"),
                [
                    fact(kinds.get(identity.type, self.env._("Identity")), identity.number, ltr=True),
                    fact(
                        self.env._("Valid until"),
                        self._portal_day(identity.expiry_date),
                        self._portal_validity(identity.expiry_date),
                    ),
                    fact(self.env._("Birth date"), self._portal_day(identity.birth_date)),
                ],
                self.env._("Not recorded yet."),
            ),
            (
                ("household",),
                self.env._("Family"),
                self._portal_household(fact),
                self.env._("No family members are recorded."),
            ),
            (
                ("representation",),
                self.env._("Who acts for me"),
                self._portal_representations(fact),
                self.env._("Nobody acts for you: you act yourself."),
            ),
            (
                ("other",),
                self.env._("Papers we have seen"),
                self._portal_papers(fact),
                self.env._("No papers are recorded yet."),
            ),
        ]
        return [
            {
                "key": keys[0],
                "topics": [(key, topics[key]) for key in keys],
                "title": title,
                "facts": [line for line in facts if line[1]],
                "empty": empty,
            }
            for keys, title, facts, empty in sections
        ]

    def _portal_validity(self, day):
        return self.env._("Expired: bring the new one when you come.") if day and day < cpa_today() else ""

    def _portal_household(self, fact):
        relations = dict(self.household_member_ids._fields["relation"]._description_selection(self.env))
        return [
            fact(relations[member.relation], member.name, self._portal_day(member.birth_date))
            for member in self.household_member_ids
        ]

    def _portal_representations(self, fact):
        kinds = dict(self.representation_ids._fields["kind"]._description_selection(self.env))
        return [
            fact(
                kinds[line.kind],
                line.representative_id.name,
                "\n".join(line._problems())
                or (line.valid_until and self.env._("Until %(day)s", day=self._portal_day(line.valid_until)))
                or "",
            )
            for line in self.representation_ids
        ]

    def _portal_papers(self, fact):
        """The papers that were seen for his requests, each with its latest validity."""
        checks = self.env["cpa.request.check"].search(
            Domain("request_id.beneficiary_id", "=", self.id)
            & Domain("state", "=", "passed")
            & Domain("requirement_id.kind", "=", "document"),
            order="id desc",
            limit=40,
        )
        papers = {}
        for check in checks:
            papers.setdefault(check.name, check)
        return [
            fact(
                name,
                (check.valid_until and self.env._("Valid until %(day)s", day=self._portal_day(check.valid_until)))
                or self.env._("Seen"),
                self._portal_validity(check.valid_until),
            )
            for name, check in papers.items()
        ]

    # ------------------------------------------------------------------
    # What he changes himself
    # ------------------------------------------------------------------

    def _portal_preferences(self):
        """Return how he wishes to be served: dict ``channel``, ``lang``, ``needs`` and the choices there are."""
        channels = self.env["cpa.channel"].search([("code", "in", REACHED_BY)])
        return {
            "channel": self.preferred_channel_id.code or "",
            "lang": self.lang or "",
            "needs": self.accessibility_needs or "",
            "channels": [(channel.code, channel.name) for channel in channels],
            "langs": [
                (lang.code, lang.name.split("/")[-1].strip()) for lang in self.env["res.lang"].search(Domain.TRUE)
            ],
        }

    def _portal_prefer(self, channel, lang, needs):
        """Change at once how the person wishes to be reached and served; what changed is logged on the file.

        :param str channel: code of ``cpa.channel``, or ""
        :param str lang: code of an active language, or "" to leave it
        :param str needs: what makes it easy for the person
        :raise AccessError: the user does not act in this file
        :raise ValidationError: one of them is not among the choices
        """
        self.ensure_one()
        if self.id not in self.env.user.cpa_acts_for(writing=True):
            raise AccessError(self.env._("You do not act for this person."))
        file = self.sudo()  # checked above; three fields are written, each checked here
        choices = file._portal_preferences()
        needs = "\n".join(line.rstrip() for line in (needs or "").strip().splitlines())
        if (channel and channel not in dict(choices["channels"])) or (lang and lang not in dict(choices["langs"])):
            raise ValidationError(self.env._("Choose one of the list."))
        if len(needs) > MOST_NEEDS:
            raise ValidationError(self.env._("Write less."))
        # another channel than those on the page stays until one of them is chosen
        chosen = channel and self.env["cpa.channel"].sudo().search([("code", "=", channel)]).id
        values = {"accessibility_needs": needs or False}
        if channel != choices["channel"] and (channel or choices["channel"] in dict(choices["channels"])):
            values["preferred_channel_id"] = chosen or False
        if lang:
            values["lang"] = lang
        changed = {name: value for name, value in values.items() if file._correction_value(name) != value}
        if not changed:
            return
        before = {name: file._portal_shown(name) for name in changed}
        file.write(changed)
        labels = {name: file._fields[name]._description_string(self.env) for name in changed}
        lines = [f"{labels[name]}: {before[name] or '—'} → {file._portal_shown(name) or '—'}" for name in changed]
        file._message_log(
            body=self.env._("Changed by the person on the website:") + "\n" + "\n".join(lines),
            author_id=self.env.user.partner_id.id,
        )

    def _portal_shown(self, name):
        value = self[name]
        return value.display_name if self._fields[name].relational else value

    # ------------------------------------------------------------------
    # The first page
    # ------------------------------------------------------------------

    @api.model
    def _portal_home(self):
        """Return what the first page shows: dict ``name``, ``awaited`` (what the user is asked for), ``requests``
        (the latest open ones) and ``open_count``, ``people`` (see ``_portal_people``), ``has_agreements``.
        """
        requests = self.env["cpa.request"]._portal_list("open", 1, 5)
        rows = requests["rows"]
        people = self._portal_people()
        awaited = [
            {
                "text": row["subject"],
                "hint": self.env._("Request %(number)s waits for something from you.", number=row["number"]),
                "url": row["url"],
            }
            for row in rows
            if row["is_awaited"]
        ]
        files = self.sudo().browse([person["id"] for person in people])  # of his own people
        for file in files:
            if self._portal_validity(file.identity_id.expiry_date):
                awaited.append(
                    {
                        "text": self.env._("The identity of %(name)s has expired", name=file.name),
                        "hint": self.env._("Bring the new one when you come to us."),
                        "url": f"/my/file/{file.id}",
                    }
                )
        agreements = self.env["cpa.agreement"]._portal_own()
        awaited += [
            {
                "text": paper.template_id.name,
                "hint": self.env._("Read it to the end, then sign it."),
                "url": f"/my/agreements/{paper.id}/sign",
            }
            for paper in agreements._portal_due()
        ]
        return {
            "name": self.env.user.name,
            "number": files[:1].file_number or "",
            "has_agreements": bool(agreements),
            "awaited": awaited,
            "requests": [row for row in rows if not row["is_awaited"]][:3],
            "open_count": requests["total"],
            "people": people,
            "corrections_open": self.env["cpa.correction.proposal"]
            .sudo()
            .search_count([("beneficiary_id", "in", files.ids), ("state", "=", "proposed")]),
        }
