import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/**
 * Keeps what was typed when the page is left by other ways than its button: Back, another tab, a call that comes in.
 */
export class ApplicationKeep extends Interaction {
    static selector = "form[action='/apply/data'], form[action='/apply/whom']";
    dynamicContent = {
        _root: { "t-on-submit": this.onSubmit },
        _document: { "t-on-visibilitychange": this.keep },
    };

    onSubmit() {
        this.isSent = true;
    }

    keep() {
        if (document.visibilityState !== "hidden" || this.isSent) {
            return;
        }
        const data = new FormData(this.el);
        data.set("keep", "1");
        navigator.sendBeacon(this.el.action, data);
    }
}

/** Makes photos smaller on the telephone before they are sent: a slow line carries what can still be read well. */
export class PhotoShrink extends Interaction {
    static selector = ".o_cpa_field input[type=file]";
    dynamicContent = { _root: { "t-on-change": this.onChange } };
    static longest = 1920; // what the server would make of it

    async onChange() {
        const chosen = [...this.el.files];
        const files = await Promise.all(chosen.map((file) => this.shrink(file).catch(() => file)));
        const isSame = chosen.every((file, index) => file === this.el.files[index]);
        if (!isSame || files.every((file, index) => file === chosen[index])) {
            return;
        }
        const transfer = new DataTransfer();
        files.forEach((file) => transfer.items.add(file));
        this.el.files = transfer.files;
    }

    /** Returns the photo as a smaller JPEG; what is no photo, or small already, as it is. */
    async shrink(file) {
        if (file.type !== "image/jpeg" || file.size < 500_000) {
            return file;
        }
        const photo = await createImageBitmap(file, { imageOrientation: "from-image" });
        const scale = Math.min(1, this.constructor.longest / Math.max(photo.width, photo.height));
        const canvas = new OffscreenCanvas(Math.round(photo.width * scale), Math.round(photo.height * scale));
        canvas.getContext("2d").drawImage(photo, 0, 0, canvas.width, canvas.height);
        photo.close();
        const smaller = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.82 });
        return smaller.size < file.size ? new File([smaller], file.name, { type: "image/jpeg" }) : file;
    }
}

registry.category("public.interactions").add("cpa_beneficiary.photo_shrink", PhotoShrink);
registry.category("public.interactions").add("cpa_beneficiary.application_keep", ApplicationKeep);
