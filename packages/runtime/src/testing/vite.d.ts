// Vite's way to ask for the address of a file; used by browser tests alone.
declare module '*?url' {
  const address: string;
  export default address;
}
