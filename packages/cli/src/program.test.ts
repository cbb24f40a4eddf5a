import { describe, expect, it } from 'vitest';
import { parse, usageText } from './program';
import { verbs } from './verbs/index';

const refusal = (...argv: string[]) => {
  try {
    parse(argv, verbs);
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('was not refused');
};

describe('the words', () => {
  it('choose a verb', () => {
    const parsed = parse(['quantize', 'a', 'b', '--mode', 'dynamic', '--json'], verbs);
    expect('verb' in parsed && [parsed.verb.name, parsed.command.args, parsed.command.opts().mode, parsed.command.opts().json]).toEqual([
      'quantize',
      ['a', 'b'],
      'dynamic',
      true,
    ]);
    const negative = parse(['explain', '-6.5', '--format', 'float16'], verbs);
    expect('command' in negative && negative.command.args).toEqual(['-6.5']);
  });

  it('are refused when they are off, with what was meant', () => {
    expect(refusal()).toMatchObject({ code: 'cli/usage', message: expect.stringContaining('a verb is missing') });
    expect(refusal('inspct').message).toContain('did you mean inspect?');
    expect(refusal('inspect', 'a', '--shaps').message).toContain('did you mean --shapes?');
    expect(refusal('inspect').message).toContain("missing required argument 'model'");
    expect(refusal('inspect', 'a', 'b').message).toContain('too many arguments');
    expect(refusal('bench', 'a', '--batch').message).toContain('argument missing');
    expect(refusal('bench', 'a', '--quiet', '--verbose').message).toContain('cannot be used with');
    expect(refusal('quantize', 'a', 'b', '--mode', 'ternary')).toMatchObject({ code: 'cli/option-value' });
    expect(refusal('bench', 'a', '--batch', '0')).toMatchObject({ code: 'cli/option-value' });
  });

  it('give help: of all verbs, of one, with examples', () => {
    const help = (argv: string[]) => (parse(argv, verbs) as { help: string }).help;
    for (const { name } of verbs) expect(help(['--help'])).toContain(`  ${name} `);
    for (const { name, examples } of verbs) {
      const text = help([name, '--help']);
      expect(text).toContain(`Usage: modeldiet ${name}`);
      for (const { call } of examples) expect(text).toContain(`$ modeldiet ${call}`);
      expect(examples.length).toBeGreaterThan(0);
    }
    expect(help(['help', 'bench'])).toContain('Usage: modeldiet bench');
    expect(help(['--version'])).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('show examples that the program itself accepts', () => {
    for (const { examples } of verbs)
      for (const { call } of examples) {
        const argv = [...call.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
        expect(parse(argv, verbs)).toHaveProperty('verb');
      }
  });

  it('have a usage line', () => {
    expect(usageText('bench', verbs)).toContain('usage: modeldiet bench [options] <model...>');
    expect(usageText(undefined, verbs)).toContain('usage: modeldiet [options]');
  });
});
