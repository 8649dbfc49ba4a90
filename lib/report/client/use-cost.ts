/** Computes what requests cost for the reader's own numbers. */
export function computeUseCost(): void {
  const form = document.getElementById("use-cost") as HTMLFormElement | null;
  const note = document.getElementById("use-cost-note");
  if (!form || !note) return;
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    const [seconds, parallel] = ["seconds", "parallel"].map(
      (name) => (form.elements.namedItem(name) as HTMLInputElement).valueAsNumber,
    );
    if (!(seconds! > 0 && parallel! > 0)) return;
    for (const price of document.querySelectorAll<HTMLElement>("data[data-per-second]")) {
      const usd = (Number(price.dataset.perSecond) * seconds!) / parallel! + Number(price.dataset.fee);
      price.textContent = usd.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    }
    note.textContent = `Requests of ${seconds} s, ${parallel} at once in each instance; without data transfer.`;
  });
}
