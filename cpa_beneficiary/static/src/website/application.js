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

/** Draws the signature with a finger or a pen; without it, or with a keyboard, the full name is written instead. */
export class ApplicationSignature extends Interaction {
    static selector = "form[action='/apply/sign']:has(canvas)";
    dynamicContent = {
        canvas: {
            "t-on-pointerdown.prevent": this.onDown,
            "t-on-pointermove": this.onMove,
            "t-on-pointerup": this.onUp,
            "t-on-pointercancel": this.onUp,
        },
        ".o_cpa_apply_clear": { "t-on-click": this.clear },
        ".o_cpa_apply_signature": { "t-att-class": () => ({ "d-none": false }) },
    };

    setup() {
        this.canvas = this.el.querySelector("canvas");
        this.signature = this.el.querySelector("input[name=signature]");
        this.pen = this.canvas.getContext("2d");
        Object.assign(this.pen, { lineWidth: 4, lineCap: "round", lineJoin: "round", strokeStyle: "#0c2f27" });
        if (this.signature.value) {
            const drawn = new Image();
            drawn.onload = () => this.pen.drawImage(drawn, 0, 0);
            drawn.src = this.signature.value;
        }
    }

    /** Returns where on the canvas the finger is, which is shown smaller than it is drawn. */
    place(ev) {
        const box = this.canvas.getBoundingClientRect();
        return [
            ((ev.clientX - box.left) * this.canvas.width) / box.width,
            ((ev.clientY - box.top) * this.canvas.height) / box.height,
        ];
    }

    onDown(ev) {
        this.isDrawing = true;
        this.canvas.setPointerCapture(ev.pointerId);
        this.pen.beginPath();
        this.pen.moveTo(...this.place(ev));
    }

    onMove(ev) {
        if (this.isDrawing) {
            this.pen.lineTo(...this.place(ev));
            this.pen.stroke();
        }
    }

    onUp() {
        if (this.isDrawing) {
            this.isDrawing = false;
            this.signature.value = this.canvas.toDataURL("image/png");
        }
    }

    clear() {
        this.pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
        this.signature.value = "";
    }
}

registry.category("public.interactions").add("cpa_beneficiary.application_keep", ApplicationKeep);
registry.category("public.interactions").add("cpa_beneficiary.application_signature", ApplicationSignature);
