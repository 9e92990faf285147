import { Component, onMounted, useRef, useState } from "@odoo/owl";

/** A new file or a new request: asks only for what is not known of the person yet (P-08). */
export class IntakeForm extends Component {
    static template = "cpa_beneficiary.ReceptionIntake";
    static props = {
        draft: Object,
        ask: Array,
        given: Object,
        setup: Object,
        isSighted: Boolean,
        withRequest: Boolean,
        isBusy: Boolean,
        onSave: Function,
    };

    setup() {
        this.draft = useState(this.props.draft);
        this.root = useRef("root");
        // what the visitor gave at the search box is in place already
        for (const name of ["name", "phone"]) {
            this.draft[name] ||= this.props.given[name];
        }
        onMounted(() => {
            const empty = [...this.root.el.querySelectorAll("input[required], select[required], textarea[required]")];
            (empty.find((field) => !field.value) || empty[0])?.focus();
        });
    }

    asks(name) {
        return this.props.ask.includes(name);
    }

    toggleSegment(id) {
        const { segment_ids: chosen } = this.draft;
        this.draft.segment_ids = chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id];
    }
}
