import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const REASONS = {
    identity: _t("Same identity number:"),
    phone: _t("Same phone:"),
    iban: _t("Same IBAN:"),
    name: _t("A close name:"),
};

/** People who may be the one being typed; a click opens the existing file instead of making a second one. */
export class CpaDuplicates extends Component {
    static template = "cpa_beneficiary.Duplicates";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get groups() {
        const found = this.props.record.data[this.props.name] || [];
        return Object.entries(REASONS)
            .map(([reason, title]) => ({ reason, title, files: found.filter((file) => file.reason === reason) }))
            .filter((group) => group.files.length);
    }

    async open(file) {
        // what was typed so far is the existing person's: it must not be saved as a second file on the way out
        await this.props.record.discard();
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: file.model || "cpa.beneficiary",
            res_id: file.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("fields").add("cpa_duplicates", {
    component: CpaDuplicates,
    displayName: _t("People who may be the same"),
    supportedTypes: ["json"],
});
