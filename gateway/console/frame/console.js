// The little that pages do by themselves; each works without it.
"use strict";

// What is typed into a form with a name is kept a moment after the last key, and again when the page is left.
for (const name of document.querySelectorAll('form input[name="_form"]')) {
  keep(name.form);
}

function keep(form) {
  const note = form.querySelector(".saved");
  let waiting = 0;
  let sent = "";
  let leaving = false;

  const typed = () => {
    const data = new URLSearchParams();
    for (const [key, value] of new FormData(form)) {
      const secret = form.elements[key] instanceof HTMLInputElement && form.elements[key].type === "password";
      if (typeof value === "string" && !secret) data.append(key, value);
    }
    return data;
  };
  const fresh = (data) => {
    const copy = new URLSearchParams(data);
    copy.delete("_csrf");
    return copy.toString();
  };
  const send = async () => {
    const data = typed();
    const now = fresh(data);
    if (leaving || now === sent) return;
    try {
      const answer = await fetch("/console/drafts", { method: "POST", body: data, keepalive: true, redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      sent = now;
      if (note) note.textContent = note.dataset.saved;
    } catch {
      if (note && !leaving) note.textContent = note.dataset.unsaved;
    }
  };
  sent = fresh(typed());
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(send, 800);
  });
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(waiting);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") send();
  });
}

// A second click on a button sends nothing again.
for (const form of document.querySelectorAll('form[method="post"]')) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.querySelectorAll("form")) delete form.dataset.sent;
});

// What is wrong is read out first.
document.querySelector(".faults")?.focus();
document.documentElement.dataset.ready = "yes";
