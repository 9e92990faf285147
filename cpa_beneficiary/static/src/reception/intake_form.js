import { Component, onMounted, status, useRef, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";

/** A new file or a new request: asks only for what is not known of the person yet (P-08). */
export class IntakeForm extends Component {
    static template = "cpa_beneficiary.ReceptionIntake";
    static props = {
        draft: Object,
        ask: Array,
        given: Object,
        setup: Object,
        isKnown: Boolean,
        withRequest: Boolean,
        isBusy: Boolean,
        onSave: Function,
        onClaim: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.draft = useState(this.props.draft);
        this.state = useState({ duplicates: [] });
        this.root = useRef("root");
        // what the visitor gave at the search box is in place already
        for (const name of ["name", "phone"]) {
            this.draft[name] ||= this.props.given[name];
        }
        onMounted(() => {
            const fields = [...this.root.el.querySelectorAll(".form-control, .form-select")];
            fields.find((field) => !field.value)?.focus();
            this.findDuplicates();
        });
    }

    /** Who may be here already, asked while the form is filled in (P-08). */
    async findDuplicates() {
        if (this.props.isKnown) {
            return;
        }
        const { name, phone, identity_number } = this.draft;
        const found = await this.orm.silent.call("cpa.reception", "find_duplicates", [{ name, phone, identity_number }]);
        if (status(this) !== "destroyed") {
            this.state.duplicates = found;
        }
    }

    asks(name) {
        return this.props.ask.includes(name);
    }

    /** An IBAN is asked only for what is paid into an account. */
    get asksIban() {
        const chosen = this.props.setup.services.find((service) => service.id === Number(this.draft.service_id));
        return this.asks("iban") && Boolean(chosen?.asks_iban);
    }

    toggleSegment(id) {
        const { segment_ids: chosen } = this.draft;
        this.draft.segment_ids = chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id];
    }
}
