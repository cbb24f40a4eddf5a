// Small tools for the page: finding and making elements, and words for numbers.

/** The element of an id in index.html. */
export function byId<E extends HTMLElement>(id: string): E {
  const element = document.getElementById(id);
  if (!element) throw new Error(`index.html has no #${id}`);
  return element as E;
}

type Props = Readonly<Record<string, string>>;

/** An element with a class, attributes and children. */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: readonly (Node | string)[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function svg(tag: string, props: Readonly<Record<string, string | number>> = {}, ...children: readonly (Node | string)[]): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(props)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

export const percent = (share: number, digits = 0): string => `${(100 * share).toFixed(digits)} %`;

export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [unit, size] = bytes < 999.5e3 ? ['kB', 1e3] : bytes < 999.5e6 ? ['MB', 1e6] : ['GB', 1e9];
  return `${(bytes / size).toPrecision(3)} ${unit}`;
}

/** Milliseconds to three digits, in microseconds below one. */
export const timeText = (ms: number): string =>
  ms < 0.9995 ? `${(ms * 1000).toPrecision(3)} µs` : ms < 999.5 ? `${ms.toPrecision(3)} ms` : `${(ms / 1000).toPrecision(3)} s`;

/** The sentence of whatever was thrown. */
export const sentence = (e: unknown): string => (e instanceof Error ? e.message : String(e));
