import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

const MOST_BYTES = 10 * 1024 * 1024;
const CHAT = /^[\u200e\u200f\u202a-\u202e]*(\[[^\]]{8,40}\]\s|[0-9\u0660-\u0669\u06f0-\u06f9][^\n]{8,40}\s-\s)[^\n:]{1,80}:/m;

/** Whether a pasted text is a message copied from WhatsApp (`[time, date] sender: text`). */
export function looksLikeChat(text) {
    return CHAT.test(text);
}

/** Read files into the clerk's own memory: nothing is stored before he says what they are. */
export async function readFiles(list, notification) {
    const fits = list.filter((file) => file.size && file.size <= MOST_BYTES);
    for (const file of list.filter((other) => !fits.includes(other))) {
        notification.add(_t("“%s” is empty or larger than 10 MB.", file.name), { type: "danger" });
    }
    return Promise.all(
        fits.map(
            (file) =>
                new Promise((resolve, reject) => {
                    const reader = new FileReader();
                    reader.onerror = () => reject(reader.error);
                    reader.onload = () =>
                        resolve({
                            key: `${file.name}-${file.size}-${Math.random()}`,
                            name: file.name,
                            url: reader.result,
                            data: reader.result.split(",")[1],
                            isImage: file.type.startsWith("image/"),
                            kind: "document",
                        });
                    reader.readAsDataURL(file);
                })
        )
    );
}

/** The pictures and papers that a visitor sent: documents to keep, or an identity to be read and deleted. */
export class ReceivedFiles extends Component {
    static template = "cpa_beneficiary.ReceivedFiles";
    static props = {
        draft: Object,
        pictures: Array,
        requests: Array,
        onAddToRequest: Function,
        onDeleteIdentity: Function,
    };

    setup() {
        this.draft = useState(this.props.draft);
        this.state = useState({ reading: null });
    }

    get hasDocuments() {
        return this.draft.files.some((file) => file.kind === "document");
    }

    remove(file) {
        this.draft.files = this.draft.files.filter((other) => other !== file);
    }

    /** Look at a picture of an identity document, large; only then can it be deleted as read. */
    read(file) {
        this.state.reading = file;
    }

    readStored(picture) {
        this.read({
            key: `attachment-${picture.id}`,
            attachmentId: picture.id,
            name: picture.name,
            url: `/web/content/${picture.id}`,
        });
    }

    async deleteRead() {
        const file = this.state.reading;
        await this.props.onDeleteIdentity(file);
        this.state.reading = null;
    }
}
