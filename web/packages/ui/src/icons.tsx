// Line icons of 16 px, drawn for these screens.
const shapes = {
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.7-1.3L14 14",
  close: "M4 4l8 8M12 4l-8 8",
  check: "M3 8.5l3.2 3.2L13 5",
  down: "M4 6l4 4 4-4",
  right: "M6 4l4 4-4 4",
  left: "M10 4L6 8l4 4",
  person: "M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm-5.5 6a5.5 5.5 0 0 1 11 0",
  pin: "M8 14V9.5M4.5 9.5h7L10 6V2.5H6V6L4.5 9.5Z",
  clock: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12Zm0-9.5V8l2.4 1.6",
  warn: "M8 2.2 14.5 13.5h-13L8 2.2Zm0 4.3v3.2m0 1.9v.2",
  info: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12Zm0-6.7v3.5M8 5v.2",
  phone: "M4.8 2.5 6.4 6 5 7.2a8 8 0 0 0 3.8 3.8L10 9.6l3.5 1.6v1.6c0 .8-.6 1.3-1.4 1.2A11.5 11.5 0 0 1 2 3.9c-.1-.8.4-1.4 1.2-1.4h1.6Z",
  place: "M8 14.2S3.2 10 3.2 6.6a4.8 4.8 0 0 1 9.6 0C12.8 10 8 14.2 8 14.2Zm0-6a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z",
  undo: "M3 6.5h6.5a3.5 3.5 0 0 1 0 7H7M3 6.5 6 3.5M3 6.5l3 3",
  help: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM6.3 6.3a1.8 1.8 0 1 1 2.5 1.7c-.5.3-.8.6-.8 1.3m0 1.9v.2",
  filter: "M2 4h12M4.5 8h7M6.8 12h2.4",
  sun: "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm0-9.5v1.3m0 10.4v1.3M1.5 8h1.3m10.4 0h1.3M3.4 3.4l.9.9m7.4 7.4.9.9m0-9.2-.9.9m-7.4 7.4-.9.9",
  moon: "M13.5 9.6A6 6 0 0 1 6.4 2.5 5.8 5.8 0 1 0 13.5 9.6Z",
  chat: "M2.5 3.5h11v7.5H7l-3 2.5V11H2.5V3.5Z",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  "phone-set": "M5 1.5h6a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1Zm2 10.5h2",
  star: "M8 1.8 9.9 5.8l4.3.6-3.1 3 .7 4.3L8 11.7l-3.8 2 .7-4.3-3.1-3 4.3-.6L8 1.8Z",
  map: "M1.8 4 6 2.3l4 1.7 4.2-1.7v9.7L10 13.7 6 12l-4.2 1.7V4ZM6 2.3V12m4-8v9.7",
  bell: "M8 2a4 4 0 0 1 4 4v3l1.3 2.3H2.7L4 9V6a4 4 0 0 1 4-4Zm-1.6 9.5a1.6 1.6 0 0 0 3.2 0",
  key: "M9.6 6.4a3.2 3.2 0 1 1-3-3 3.2 3.2 0 0 1 3 3Zm-1 1.8 5 5m-1.8-1.8-1.6 1.6",
  out: "M6.5 2.5h-3v11h3M10 5l3 3-3 3m3-3H6",
} as const;
export type IconName = keyof typeof shapes;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.5"
         strokeLinecap="round" strokeLinejoin="round" aria-hidden="true"><path d={shapes[name]} /></svg>
  );
}
