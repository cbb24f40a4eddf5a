export declare const webgpuOps: string;
