import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Who votes on a case and how: the secretary records with one tap what a member says in the room. */
export class CpaBallots extends Component {
    static template = "cpa_beneficiary.Ballots";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.choices = [
            { key: "for", icon: "fa-thumbs-up", title: _t("For") },
            { key: "against", icon: "fa-thumbs-down", title: _t("Against") },
            { key: "abstain", icon: "fa-minus", title: _t("Abstain") },
        ];
    }

    get ballots() {
        return this.props.record.data[this.props.name] || { members: [], excluded: [] };
    }

    choice(member) {
        const cast = { key: "cast", icon: "fa-check", title: _t("Has voted") };
        return [...this.choices, cast].find((choice) => choice.key === member.choice);
    }

    get root() {
        return this.props.record.model.root;
    }

    async vote(member, choice) {
        if (this.voting || !(await this.root.save())) {
            return;
        }
        this.voting = true;
        try {
            await this.orm.call("cpa.committee.case", "action_record_vote", [
                [this.props.record.resId],
                member.id,
                choice.key,
            ]);
        } finally {
            this.voting = false;
            await this.root.load();
        }
    }

    async recuse(member) {
        if (!(await this.root.save())) {
            return;
        }
        const action = await this.orm.call("cpa.committee.case", "action_recuse_member", [
            [this.props.record.resId],
            member.id,
        ]);
        await this.action.doAction(
            { ...action, views: [[false, "form"]] },
            { onClose: () => this.root.load() }
        );
    }
}

registry.category("fields").add("cpa_ballots", {
    component: CpaBallots,
    displayName: _t("Votes of the members"),
    supportedTypes: ["json"],
});
