import { Component, useRef, useState } from "@odoo/owl";

/** What was pasted or dropped, before it belongs to a visitor: who wrote, what, and which pictures. */
export class ChatPanel extends Component {
    static template = "cpa_beneficiary.ReceptionChat";
    static props = {
        paste: Object,
        activeTitle: { type: [String, Boolean] },
        onText: Function,
        onFiles: Function,
        onTake: Function,
        onCancel: Function,
    };

    setup() {
        this.paste = useState(this.props.paste);
        this.typed = useState({ text: "" });
        this.files = useRef("files");
    }

    get isEmpty() {
        return !this.paste.text && !this.paste.files.length;
    }

    pick(ev) {
        this.props.onFiles([...ev.target.files]);
        ev.target.value = "";
    }
}
