export { browserDecoder, fromImages, type ImageDecoder, type ImageItem, type ImagesOptions } from './images';
export { imageTensor, type PixelOptions, type Pixels } from './pixels';
