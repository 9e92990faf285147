import { Component, onMounted, useRef, useState } from "@odoo/owl";

/** A question of the visitor, answered on the spot, referred or left open (P-10, P-31). */
export class InquiryForm extends Component {
    static template = "cpa_beneficiary.ReceptionInquiry";
    static props = {
        draft: Object,
        researchers: Array,
        asksPhone: Boolean,
        asksName: Boolean,
        needsPhone: Boolean,
        isBusy: Boolean,
        onSave: Function,
    };

    setup() {
        this.draft = useState(this.props.draft);
        this.question = useRef("question");
        onMounted(() => this.question.el.focus());
    }
}
