// Scanner anywhere on the page. A keyboard-wedge scanner types the code and ends with Enter.
// Timing alone is not safe: a hiccup of a slow panel PC splits a scan, and its Enter would press the
// focused button. So keys outside a field are always collected (gaps up to 400 ms), and an Enter right
// after such keys never reaches a button. Where the scanner can send a prefix key (F9), use it: then
// even a focused field does not swallow the code.
(() => {
  "use strict";
  const GAP = 400, LEAST = 3, HUSH = 1500;
  let keys = "", last = -Infinity, prefixed = false;
  const isField = (node) => node.matches?.(
    "input:not([type=radio]):not([type=checkbox]):not([type=button]):not([type=submit]),textarea,select,[contenteditable]");

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !event.key) return;
    const now = event.timeStamp;
    if (event.key === "F9") {
      document.activeElement?.blur();
      keys = ""; last = now; prefixed = true;
      event.preventDefault();
      return;
    }
    if (now - last > (prefixed ? HUSH : GAP)) {
      // An Enter that arrives late belongs to the scan before it, not to the button under it.
      if (!(event.key === "Enter" && keys && now - last < HUSH)) { keys = ""; prefixed = false; }
    }
    if (isField(event.target) && !prefixed) return;
    if (event.key === "Enter" && (keys || prefixed)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      const code = keys;
      keys = ""; prefixed = false;
      if (code.length >= LEAST) document.dispatchEvent(new CustomEvent("scan", { detail: code }));
    } else if (event.key.length === 1 && (event.key !== " " || keys || prefixed)) {
      if (event.key === " ") event.preventDefault();
      keys += event.key; last = now;
    }
  }, true);
  addEventListener("keyup", (event) => {
    if (event.key === " " && (keys || prefixed)) event.preventDefault();
  }, true);

  // A form says with data-scan which of its fields takes a code; data-scan-send sends it at once.
  document.addEventListener("scan", (event) => {
    const code = event.detail;
    const box = [...document.querySelectorAll("[role=dialog][aria-modal=true]")].pop();
    const field = (box || document).querySelector("input[data-scan]:not([readonly]):not([disabled])");
    if (!field) {
      window.batchline?.say("crit", "Nothing here takes a scan.", `Scanned ${code}. Everything is as it was.`);
      return;
    }
    field.value = code;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    if (field.hasAttribute("data-scan-send")) { field.form.requestSubmit(); return; }
    const next = field.form.querySelector("input[type=password]");
    (next || field).focus();
  });
})();
