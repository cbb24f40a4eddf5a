// Makers of attributes: `attr.int(1)`, `attr.floats([0.5])`, `attr.string('NOTSET')`, `attr.tensor(t)`.
import type { Attribute, AttributeValue, Int } from '../model';

type Kind = keyof AttributeValue;
type Of<K extends Kind> = Extract<Attribute, { readonly kind: K }>;

/** An attribute of a kind that is known only when it runs. */
export const attributeOf = <K extends Kind>(kind: K, value: AttributeValue[K]): Attribute => ({ kind, value }) as unknown as Attribute;

const maker =
  <K extends Kind>(kind: K) =>
  (value: AttributeValue[K]): Of<K> =>
    attributeOf(kind, value) as Of<K>;
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

export const attr = {
  int: (value: Int): Of<'int'> => ({ kind: 'int', value }),
  ints: /* @__PURE__ */ maker('ints'),
  float: /* @__PURE__ */ maker('float'),
  floats: /* @__PURE__ */ maker('floats'),
  string: (value: string): Of<'string'> => ({ kind: 'string', value: utf8(value) }),
  strings: (values: readonly string[]): Of<'strings'> => ({ kind: 'strings', value: values.map(utf8) }),
  tensor: /* @__PURE__ */ maker('tensor'),
  tensors: /* @__PURE__ */ maker('tensors'),
  graph: /* @__PURE__ */ maker('graph'),
  graphs: /* @__PURE__ */ maker('graphs'),
  type: /* @__PURE__ */ maker('type'),
  /** In a function body: the caller's attribute `name`. */
  ref: (name: string, kind: Kind): Of<'ref'> => ({ kind: 'ref', value: { name, kind } }),
};
