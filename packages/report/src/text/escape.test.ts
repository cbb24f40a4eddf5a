import { expect, it } from 'vitest';
import { escapeMarkdown, escapeXml, jsonForScript } from './escape';

it('escapes for XML, Markdown and scripts', () => {
  expect(escapeXml(`<a b="c" d='e'>&\u0000</a>`)).toBe('&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;&lt;/a&gt;');
  expect(escapeMarkdown('a|b\n*c* <x>')).toBe('a\\|b \\*c\\* \\<x\\>');
  const hostile = { name: '</script><!--\u2028' };
  expect(jsonForScript(hostile)).not.toMatch(/[<\u2028]/);
  expect(JSON.parse(jsonForScript(hostile))).toEqual(hostile);
});
