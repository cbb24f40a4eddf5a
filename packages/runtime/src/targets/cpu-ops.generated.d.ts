export declare const cpuOps: string;
