"use strict";
// Shows the values of an epoch where the reader points, taps or goes with the arrow
// keys, and lets the legend hide curves. Without this script the curves are shown,
// but do not react.
(() => {
  const rim = 0.02; // share of the width that is left free before the first and after the last epoch
  const figures = []; // the figures that are set up
  const hidden = new Set(); // the curves that the reader turned off, as title of the figure/name
  let chosen = null; // the epoch that is shown

  const add = (parent, tag, kind, text) => {
    const element = parent.appendChild(document.createElement(tag));
    if (kind) element.className = kind;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  class Curves {
    constructor(figure) {
      this.root = figure;
      this.data = JSON.parse(figure.querySelector("script").textContent);
      this.title = figure.querySelector("figcaption").textContent;
      this.keys = [...figure.querySelectorAll(".legend [data-series]")];
      this.names = this.keys.map((key) => key.querySelector(".name").textContent);
      this.looks = this.keys.map((key) => key.querySelector("path").getAttribute("class").split(" ")[1]);
      this.panels = [...figure.querySelectorAll(".axes")].map((axes, i) => this.panel(axes, this.data.panels[i]));
      this.keys.forEach((key, i) => this.toggles(key, i));
    }

    panel(axes, series) {
      const panel = { axes, series, cross: add(axes, "div", "cross"), tip: add(axes, "div", "tip") };
      panel.spots = series.map((_, i) => add(axes, "div", "spot " + this.looks[i]));
      axes.tabIndex = 0;
      axes.setAttribute("role", "slider");
      axes.setAttribute("aria-valuemin", this.data.first);
      axes.setAttribute("aria-valuemax", this.data.last);
      const point = (event) => {
        const box = axes.getBoundingClientRect();
        const share = ((event.clientX - box.left) / box.width - rim) / (1 - 2 * rim);
        show(this.data.first + Math.round(share * (this.data.last - this.data.first)));
      };
      axes.addEventListener("pointermove", point);
      axes.addEventListener("pointerdown", point);
      axes.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && show(null));
      axes.addEventListener("focus", () => chosen === null && axes.matches(":focus-visible") && show(this.data.last));
      axes.addEventListener("blur", () => show(null));
      axes.addEventListener("keydown", (event) => this.key(event));
      this.hide(panel);
      return panel;
    }

    key(event) {
      const { first, last } = this.data;
      const at = chosen ?? last, page = Math.max(1, Math.round((last - first) / 10));
      const to = { ArrowLeft: at - 1, ArrowRight: at + 1, PageUp: at + page, PageDown: at - page, Home: first, End: last }[event.key];
      if (event.key === "Escape") show(null);
      if (to === undefined) return;
      event.preventDefault();
      show(Math.min(last, Math.max(first, to)));
    }

    toggles(key, i) {
      const name = this.title + "/" + this.names[i];
      const apply = () => {
        for (const part of this.root.querySelectorAll(`[data-series="${i}"]`)) part.classList.toggle("off", hidden.has(name));
        key.setAttribute("aria-pressed", !hidden.has(name));
        show(chosen);
      };
      const toggle = () => { hidden.delete(name) || hidden.add(name); apply(); };
      key.tabIndex = 0;
      key.setAttribute("role", "button");
      key.title = "show or hide";
      key.addEventListener("click", toggle);
      key.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); toggle(); } });
      apply();
    }

    text(value) {
      return value == null ? "none" : this.data.percent ? value.toFixed(1) + "%" : value !== 0 && Math.abs(value) < 1e-4 ? value.toExponential(3) : value.toPrecision(4);
    }

    // height returns where a value is drawn, in percent from the top.
    height(value) {
      const { low, high, log } = this.data, place = log ? Math.log10 : Number;
      return 100 * (place(high) - place(Math.max(value, low))) / (place(high) - place(low));
    }

    // place puts the tip to that side of the cross where it fits, or over the cross
    // if it fits on neither side.
    place(tip, width, share) {
      const gap = 12, right = share * width + gap, left = share * width - gap - tip.offsetWidth;
      const at = share <= 0.5 && right + tip.offsetWidth <= width ? right : left >= 0 ? left : Math.min(right, width - tip.offsetWidth);
      tip.style.left = Math.max(0, at) + "px";
    }

    hide(panel) {
      for (const part of [panel.cross, panel.tip, ...panel.spots]) part.hidden = true;
    }

    show(epoch) {
      for (const panel of this.panels) {
        if (epoch === null || epoch < this.data.first || epoch > this.data.last) this.hide(panel);
        else this.showIn(panel, epoch);
      }
    }

    showIn(panel, epoch) {
      const { first, last } = this.data, at = epoch - first;
      const left = 100 * (first === last ? 0.5 : rim + (1 - 2 * rim) * at / (last - first));
      panel.cross.hidden = panel.tip.hidden = false;
      panel.cross.style.left = left + "%";
      panel.tip.replaceChildren();
      add(panel.tip, "b", "", "epoch " + epoch);
      const rows = add(panel.tip, "div");
      const row = (look, name, value) => { add(rows, "i", look); add(rows, "span", "", name); add(rows, "output", "", value); };
      panel.series.forEach((series, i) => {
        const value = series.values[at], height = value == null ? -1 : this.height(value);
        const off = this.keys[i].classList.contains("off");
        panel.spots[i].hidden = off || height < 0;
        panel.spots[i].style.left = left + "%";
        panel.spots[i].style.top = height + "%";
        if (off || value === undefined) return;
        const band = series.low && series.low[at] != null ? ` (${this.text(series.low[at]).replace("%", "")} to ${this.text(series.high[at])})` : "";
        row(this.looks[i], this.names[i], this.text(value) + band);
      });
      if (this.data.rates) row("", "learning rate", String(this.data.rates[at]));
      if (this.data.seconds) row("", "seconds", String(this.data.seconds[at]));
      this.place(panel.tip, panel.axes.clientWidth, left / 100);
      panel.axes.setAttribute("aria-valuenow", epoch);
      panel.axes.setAttribute("aria-valuetext", [...panel.tip.querySelectorAll("b, span, output")].map((e) => e.textContent).join(" "));
    }
  }

  function show(epoch) {
    chosen = epoch;
    for (const figure of figures) figure.show(epoch);
  }

  function setUp() {
    figures.splice(0, figures.length, ...figures.filter((f) => f.root.isConnected));
    for (const root of document.querySelectorAll("figure.curves")) {
      if (!figures.some((f) => f.root === root)) figures.push(new Curves(root));
    }
    show(chosen);
  }

  document.addEventListener("curves", setUp); // live.js has put new curves into the page
  setUp();
})();
