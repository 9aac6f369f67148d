/** A Python file is bundled as its text. */
declare module '*.py' {
  const text: string;
  export { text as default };
}
