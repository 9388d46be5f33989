// The screen of a step: a value is sent when its field is left, so that it is on record at its own
// time; what stands in another field survives the drawing anew; the verdict is spoken when it changes.
(() => {
  "use strict";
  const one = (query, root = document) => root.querySelector(query);
  const all = (query, root = document) => [...root.querySelectorAll(query)];
  let waiting = 0, onward = "";

  // --- Leaving a field records it; its own button does the same without scripts. ---------------
  document.addEventListener("focusout", (event) => {
    const form = event.target.closest?.("form"), field = form && one("[data-leave]", form);
    if (!field || !document.hasFocus() || !field.value.trim()) return;
    if (form.contains(event.relatedTarget) || form.dataset.sent === "1") return;
    if (document.documentElement.classList.contains("is-locked")) return;
    form.requestSubmit();
  });
  // A key of the keypad leaves the focus where it is, so that half a number is never sent.
  document.addEventListener("pointerdown", (event) => {
    if (event.target.closest("[data-keypad]")) event.preventDefault();
  });
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest("[data-keypad]")) event.preventDefault();
  });

  // --- A link waits for the value that is on its way. ------------------------------------------
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.requestConfig.verb !== "get" && event.target.id !== "watch") waiting += 1;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.requestConfig.verb === "get" || event.target.id === "watch") return;
    waiting = Math.max(0, waiting - 1);
    if (!waiting && onward) {
      const url = onward;
      onward = "";
      if (event.detail.successful) location.assign(url);
    }
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#step a[href]");
    if (!link || !waiting || link.getAttribute("aria-disabled") === "true") return;
    event.preventDefault();
    onward = link.href;
  });

  // --- What was typed elsewhere, and which folds stand open, survive the drawing anew. ---------
  const typed = (root) => all("input[id]:not([type=hidden]),textarea[id]", root)
    .filter((field) => field.type !== "checkbox" && field.value !== field.defaultValue);
  let kept = [], open = [];
  document.addEventListener("htmx:beforeSwap", (event) => {
    const step = one("#step");
    if (event.detail.target?.id !== "step" || !step) return;
    const sent = event.target.closest?.("form");
    kept = typed(step).filter((field) => field.form !== sent).map((field) => [field.id, field.value]);
    open = all("details[open] > summary + * [id]", step).map((node) => node.id);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id !== "step") return;
    for (const [id, value] of kept) {
      const field = document.getElementById(id);
      if (!field || field.readOnly) continue;
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    for (const id of open) document.getElementById(id)?.closest("details")?.setAttribute("open", "");
    kept = []; open = [];
    settle();
  });

  // --- The verdict is spoken when it changes, not at every poll. -------------------------------
  let spoken = one("#live")?.dataset.verdict;
  document.addEventListener("htmx:afterSwap", () => {
    const now = one("#live")?.dataset.verdict, place = one("#spoken");
    if (now === undefined || now === spoken || !place) return;
    spoken = now;
    place.textContent = now;
  });

  // --- The step in hand is in sight in the list beside it. -------------------------------------
  const settle = () => {
    const list = one("#steps"), here = one("#steps [aria-current]");
    if (list && here && list.scrollHeight > list.clientHeight) {
      list.scrollTop = Math.max(0, here.offsetTop - list.offsetTop - list.clientHeight / 3);
    }
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", settle);
  else settle();
})();
