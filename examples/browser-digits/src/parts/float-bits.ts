// The 32 bits of a float32: click one, or type a number; what they make, and how, by numfmt.
import { acrossFormats, bfloat16, decode, encode, explain, float8e4m3fn, float16, float32, int8 } from '@modeldiet/numfmt';
import { byId, el } from '../dom';

const presets = ['6.5', '0.75', '42', '0.1', '-0.81', '1e-40', 'Infinity', 'NaN'];
const narrower = [float16, bfloat16, float8e4m3fn, int8];

/** What bit i (31 first) is called and stands for. */
const nameOf = (i: number): { readonly kind: 'sign' | 'exponent' | 'fraction'; readonly label: string } =>
  i === 31
    ? { kind: 'sign', label: 'sign' }
    : i >= 23
      ? { kind: 'exponent', label: `exponent, worth ${2 ** (i - 23)}` }
      : { kind: 'fraction', label: `fraction, worth 2 to the minus ${23 - i}` };

const valueText = (x: number): string => (Object.is(x, -0) ? '-0' : String(x));

function bitButtons(flip: (i: number) => void): readonly HTMLButtonElement[] {
  const row = byId('bit-row');
  const buttons = Array.from({ length: 32 }, (_, at) => {
    const i = 31 - at;
    const { kind, label } = nameOf(i);
    const button = el('button', { type: 'button', class: `bit ${kind}`, 'aria-label': `Bit ${i}: ${label}`, 'data-bit': String(i), tabindex: at ? '-1' : '0' });
    button.addEventListener('click', () => flip(i));
    return button;
  });
  for (const [from, to, name] of [
    [0, 1, 'sign'],
    [1, 9, 'exponent'],
    [9, 32, 'fraction'],
  ] as const)
    row.append(
      el('div', { class: `field ${name}` }, el('span', { class: 'field-name' }, name), el('span', { class: 'field-bits' }, ...buttons.slice(from, to))),
    );
  row.addEventListener('keydown', ({ key }) => {
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const to = ({ ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: 31 } as Record<string, number>)[key];
    if (at < 0 || to === undefined || !buttons[to]) return;
    buttons[at]!.tabIndex = -1;
    buttons[to].tabIndex = 0;
    buttons[to].focus();
  });
  return buttons;
}

function formulaOf(code: number, value: number): string {
  const [exponent, fraction] = [(code >>> 23) & 0xff, code & 0x7fffff];
  const sign = code >>> 31 ? '−' : '+';
  if (exponent === 255) return fraction ? 'exponent all ones, fraction not zero: not a number' : `exponent all ones, fraction zero: ${sign}infinity`;
  if (exponent === 0 && fraction === 0) return `all zero but perhaps the sign: ${valueText(value)}`;
  const significand = (exponent ? 1 : 0) + fraction / 2 ** 23;
  const power = exponent ? `2^(${exponent} − 127) = ${significand} × 2^${exponent - 127}` : `2^−126, exponent all zeros: subnormal`;
  return `${sign} ${significand} × ${power} = ${valueText(value)}`;
}

/** The part of the page. */
export function bitsPart(): void {
  const number = byId<HTMLInputElement>('number');
  const formula = byId('formula');
  const rows = byId('formats').querySelector('tbody')!;
  let code = 0;

  const show = (typed?: string): void => {
    const value = decode(code, float32);
    for (const button of buttons) {
      const set = (code >>> Number(button.dataset.bit)) & 1;
      button.textContent = String(set);
      button.setAttribute('aria-pressed', String(set === 1));
    }
    formula.textContent = formulaOf(code, value);
    const { steps } = explain(typed ?? value, float32);
    byId('steps').replaceChildren(...steps.filter(({ name }) => name !== 'fields').map(({ name, text }) => el('li', {}, el('b', {}, name), ' ', text)));
    const others = acrossFormats(value).filter(({ format }) => narrower.some(({ name }) => name === format));
    rows.replaceChildren(
      ...others.map(({ format, bits, value: becomes }) =>
        el('tr', {}, el('th', { scope: 'row' }, format), el('td', {}, el('code', {}, bits)), el('td', {}, valueText(becomes))),
      ),
    );
  };
  const buttons = bitButtons((i) => {
    code = (code ^ (1 << i)) >>> 0;
    number.value = valueText(decode(code, float32));
    number.removeAttribute('aria-invalid');
    show();
  });
  const read = (): void => {
    const text = number.value.trim();
    const value = Number(text);
    const wrong = text === '' || (Number.isNaN(value) && text.toLowerCase() !== 'nan');
    number.setAttribute('aria-invalid', String(wrong));
    if (wrong) {
      formula.textContent = text === '' ? 'Type a number.' : `'${text}' is not a number; write it like 6.5, -2e-3, Infinity or NaN.`;
      return;
    }
    code = encode(value, float32);
    show(text);
  };
  number.addEventListener('input', read);
  byId('presets').append(
    ...presets.map((text) => {
      const button = el('button', { type: 'button', 'aria-label': `Example ${text}` }, text);
      button.addEventListener('click', () => {
        number.value = text;
        read();
      });
      return button;
    }),
  );
  read();
}
