import { describe, expect, it } from 'vitest';
import { imageWords } from './images';

describe('--images', () => {
  it('reads each word', () => {
    expect(imageWords('size=48x192, mean=0.485/0.456/0.406,std=0.5,channels=bgr,layout=NHWC,fit=contain,scale=1')).toEqual({
      size: [48, 192],
      mean: [0.485, 0.456, 0.406],
      std: 0.5,
      channels: 'bgr',
      layout: 'NHWC',
      fit: 'contain',
      scale: 1,
    });
  });

  it.each([['size=48'], ['mean=a'], ['chanels=rgb'], ['channels=yuv'], ['layout'], ['scale='], ['']])("'%s' is refused", (text) => {
    expect(() => imageWords(text)).toThrow(expect.objectContaining({ code: 'cli/option-value' }));
  });
});
