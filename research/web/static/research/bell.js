// How far the run is, for a person who looks elsewhere: in the tab's title, and, if asked for, as
// a notification at the end.

const FIRST_BELL = "bell"; // the key under which a run that was asked for is remembered

export class Bell {
  constructor(page) {
    this.name = page.dataset.title;
    this.key = `${FIRST_BELL} ${location.pathname}`;
    this.button = document.getElementById("bell");
    if (!this.button || !("Notification" in window)) return;
    this.button.addEventListener("click", () => this.toggle());
    if (Notification.permission === "granted" && sessionStorage.getItem(this.key)) this.set(true);
  }

  get isOn() {
    return this.button?.ariaPressed === "true";
  }

  async toggle() {
    if (this.isOn) return this.set(false);
    const permission = await Notification.requestPermission();
    if (permission === "granted") return this.set(true);
    this.button.textContent = "Notifications are off in this browser";
  }

  set(isOn) {
    this.button.ariaPressed = String(isOn);
    if (isOn) sessionStorage.setItem(this.key, "1");
    else sessionStorage.removeItem(this.key);
  }

  /** Writes the mark, `(41/60)` or `✓`, before the page's name; only an open run can be waited for. */
  update(mark, isOpen) {
    document.title = `${mark} ${this.name}`;
    if (this.button && "Notification" in window) this.button.hidden = !isOpen;
  }

  ring(text) {
    if (!this.isOn) return;
    this.set(false);
    const notification = new Notification(this.name, { body: text, tag: this.key });
    notification.addEventListener("click", () => window.focus());
  }
}
