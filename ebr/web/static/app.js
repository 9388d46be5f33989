// Forms, dialogs and refusals. Plain script, no dependency; nothing here decides anything:
// without it every act still works as an ordinary form, and the server refuses what must be refused.
(() => {
  "use strict";
  const one = (query, root = document) => root.querySelector(query);
  const all = (query, root = document) => [...root.querySelectorAll(query)];
  const here = (window.batchline = window.batchline || {});

  // --- What is said to the reader: stays until it is read, covers no button. -------------------
  here.say = (kind, title, text) => {
    const place = one("#said"), pattern = one(`template[data-toast="${kind}"]`);
    if (!place || !pattern) return;
    const toast = pattern.content.firstElementChild.cloneNode(true);
    one("b", toast).textContent = title;
    one("span", toast).textContent = ` ${text}`;
    place.replaceChildren(toast);
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismiss]")) event.target.closest(".toast")?.remove();
  });

  // --- A refused button keeps its focus, says why and takes the reader to the reason. ----------
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[aria-disabled=true]");
    if (!button) return;
    event.preventDefault();
    event.stopPropagation();
    const reason = document.getElementById(button.getAttribute("aria-describedby"));
    reason?.focus();
    reason?.scrollIntoView({ block: "nearest" });
  }, true);

  // --- One press, one act; no act into a dead line or a locked screen. -------------------------
  const release = (form) => {
    delete form.dataset.sent;
    all("[data-busy]", form).forEach((button) => {
      button.removeAttribute("aria-disabled");
      button.classList.remove("is-busy");
      delete button.dataset.busy;
    });
  };
  const engage = (form, button) => {
    form.dataset.sent = "1";
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    button.dataset.busy = "1";
    button.setAttribute("aria-disabled", "true");
    button.classList.add("is-busy");
  };
  const canonical = (form) => all("input[data-number]", form).forEach((field) => {
    const sign = document.documentElement.dataset.decimal || ".";
    field.value = field.value.trim().replace(/[\s\u00a0\u202f]/g, "").replace("\u2212", "-");
    if (sign !== "." && !field.value.includes(".")) field.value = field.value.replace(sign, ".");
  });
  document.addEventListener("submit", async (event) => {
    const form = event.target, button = event.submitter;
    if (form.method !== "post" || form.hasAttribute("data-local")) return;
    if (form.dataset.sent === "1") { event.preventDefault(); event.stopImmediatePropagation(); return; }
    canonical(form);
    const byHtmx = form.matches("[hx-post],[data-hx-post]");
    if (!here.check || form.dataset.sent === "checked") {
      engage(form, button);
      settled(form);
      return;
    }
    if (byHtmx) {
      if (here.lost()) { event.preventDefault(); event.stopImmediatePropagation(); here.showLost(); return; }
      engage(form, button);
      settled(form);
      return;
    }
    // An ordinary form leaves the page: look first whether the server hears us and the session is open,
    // so that an entry is never lost on a browser's error page and never sent later under a new time.
    event.preventDefault();
    engage(form, button);
    const state = await here.check();
    release(form);
    if (state === "lost" || (state !== "open" && !form.hasAttribute("data-anyway"))) return;
    form.dataset.sent = "checked";
    form.requestSubmit(button && button.isConnected ? button : undefined);
  }, true);
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form");
    if (form) release(form);
  });
  addEventListener("pageshow", () => all("form").forEach(release));

  // --- Warn before leaving an entry that the server does not have. -----------------------------
  const unsaved = new Set();
  const settled = (form) => unsaved.delete(form);
  const counts = (field) => field.form && field.form.method === "post" && field.type !== "password"
    && !field.form.hasAttribute("data-free") && !field.form.hasAttribute("data-local");
  document.addEventListener("input", (event) => { if (counts(event.target)) unsaved.add(event.target.form); });
  addEventListener("beforeunload", (event) => {
    if ([...unsaved].some((form) => form.isConnected)) event.preventDefault();
  });
  here.unsaved = () => [...unsaved].some((form) => form.isConnected);

  // --- Keypad for gloves; "Show" uncovers a secret while it is pressed in. ---------------------
  const press = (pad, key) => {
    const field = document.getElementById(pad.dataset.keypad);
    const sign = document.documentElement.dataset.decimal || ".";
    if (!field || field.readOnly) return;
    if (key === "clear") field.value = "";
    else if (key === "back") field.value = field.value.slice(0, -1);
    else if (key === "sign") field.value = field.value.startsWith("-") ? field.value.slice(1) : `-${field.value}`;
    else if (key !== "point") field.value += key;
    else if (!field.value.includes(sign)) field.value = `${field.value || "0"}${sign}`;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  document.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]");
    if (key) press(key.closest("[data-keypad]"), key.dataset.key);
    const show = event.target.closest("[data-shows]");
    if (!show) return;
    const field = document.getElementById(show.dataset.shows), on = field.type === "password";
    field.type = on ? "text" : "password";
    show.setAttribute("aria-pressed", String(on));
  });
  document.addEventListener("submit", (event) => {
    all("[data-shows]", event.target).forEach((button) => {
      document.getElementById(button.dataset.shows).type = "password";
      button.setAttribute("aria-pressed", "false");
    });
  }, true);

  // --- Dialogs: focus goes in, stays in, Escape closes where closing is allowed. ---------------
  const reachable = "a[href],button,input:not([type=hidden]),select,textarea,summary,[tabindex]:not([tabindex='-1'])";
  const dialog = () => all("[role=dialog][aria-modal=true]").filter((box) => box.checkVisibility?.() ?? true).pop();
  const stops = (box) => all(reachable, box).filter((item) => !item.disabled && item.offsetParent !== null);
  here.enter = (box) => {
    (one("[autofocus]", box) || one("[role=alert][tabindex]", box) || stops(box)[0])?.focus();
  };
  document.addEventListener("keydown", (event) => {
    const box = dialog();
    if (event.key === "Escape") {
      const menu = one("details.menu[open]");
      if (menu) { menu.open = false; one("summary", menu).focus(); return; }
      const close = box && one("[data-close]", box);
      if (close) { event.preventDefault(); close.click(); }
      return;
    }
    if (event.key !== "Tab" || !box) return;
    const items = stops(box), first = items[0], last = items[items.length - 1];
    if (!first) return;
    const outside = !box.contains(document.activeElement);
    if (event.shiftKey && (outside || document.activeElement === first)) { event.preventDefault(); last.focus(); }
    else if (!event.shiftKey && (outside || document.activeElement === last)) { event.preventDefault(); first.focus(); }
  });
  document.addEventListener("focusin", (event) => {
    const box = dialog();
    if (box && !box.contains(event.target)) stops(box)[0]?.focus();
  });
  document.addEventListener("click", (event) => {
    all("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  // --- After a page or a fragment has come: focus where the reader has to look. ----------------
  const arrived = (root) => {
    const box = dialog(), alert = one("[role=alert][tabindex]", root);
    if (box && (root === document || root.contains(box))) here.enter(box);
    else if (alert) (one("[autofocus]", root) || alert).focus();
    else if (root === document && location.hash) {
      const back = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (back?.matches("button,a,input")) back.focus();
    }
  };
  document.addEventListener("htmx:afterSwap", (event) => arrived(event.target));
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => arrived(document));
  else arrived(document);

  // --- A choice that is drawn as its own page without scripts is taken at once with them. ------
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-go]")) event.target.form?.requestSubmit();
  });
})();
