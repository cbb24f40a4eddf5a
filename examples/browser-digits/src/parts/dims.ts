// Sizes of open axes as one types them: 'sequence=16, height=224'.

/** Names and whole numbers. Throws an error with a sentence for what is neither. */
export function parseDims(text: string): Readonly<Record<string, number>> {
  const parts = text
    .split(/[,;\s]+(?=[^=]*=)|[,;]/)
    .map((part) => part.trim())
    .filter(Boolean);
  return Object.fromEntries(
    parts.map((part) => {
      const [, name, size] = /^(.+?)\s*=\s*(\d+)$/.exec(part) ?? [];
      if (!name || size === undefined) throw new Error(`'${part}' is no size of an axis; write it like sequence=16`);
      return [name, Number(size)] as const;
    }),
  );
}
