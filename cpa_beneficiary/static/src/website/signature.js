import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/**
 * A field to sign in: with a finger, a pen or the mouse; where the page knows the name, a button writes it in the field.
 * A page that offers another way without scripts hides the field (`d-none`) until it works.
 */
export class Signature extends Interaction {
    static selector = ".o_cpa_sign";
    dynamicContent = {
        _root: { "t-att-class": () => ({ "d-none": false }) },
        canvas: {
            "t-on-pointerdown.prevent": this.onDown,
            "t-on-pointermove": this.onMove,
            "t-on-pointerup": this.onUp,
            "t-on-pointercancel": this.onUp,
        },
        ".o_cpa_sign_name": { "t-on-click": this.writeName },
        ".o_cpa_sign_clear": { "t-on-click": this.clear },
    };

    setup() {
        this.canvas = this.el.querySelector("canvas");
        this.said = this.el.querySelector(".o_cpa_sign_said");
        this.value = this.el.querySelector("input[name=signature]");
        this.pen = this.canvas.getContext("2d");
        Object.assign(this.pen, { lineWidth: 4, lineCap: "round", lineJoin: "round", strokeStyle: "#0c2f27" });
        if (this.value.value) {
            const drawn = new Image();
            drawn.onload = () => this.pen.drawImage(drawn, 0, 0);
            drawn.src = this.value.value;
        }
    }

    /** Return where on the canvas the finger is: it is shown smaller than it is drawn. */
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
            this.keep();
        }
    }

    writeName(ev) {
        const name = ev.currentTarget.dataset.name;
        this.clear();
        Object.assign(this.pen, {
            fillStyle: "#0c2f27",
            font: `48px ${getComputedStyle(this.el).fontFamily}`,
            textAlign: "center",
            textBaseline: "middle",
        });
        this.pen.fillText(name, this.canvas.width / 2, this.canvas.height / 2, this.canvas.width - 40);
        this.keep(name);
    }

    keep(name = "") {
        this.value.value = this.canvas.toDataURL("image/png");
        this.say(name);
    }

    clear() {
        this.pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
        this.value.value = "";
        this.say("");
    }

    /** Tell a screen reader what was written in the field. */
    say(name) {
        if (this.said) {
            this.said.textContent = name;
        }
    }
}

registry.category("public.interactions").add("cpa_beneficiary.signature", Signature);
