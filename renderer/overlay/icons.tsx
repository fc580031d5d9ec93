/**
 * Owns the small line drawings of the overlay. Each takes the colour of its text and is hidden from screen readers:
 * the control or words around it carry the name.
 */
import type { ReactNode } from "react";

function Icon(props: { readonly children: ReactNode; readonly size?: number }) {
  const size = props.size ?? 16;
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {props.children}
    </svg>
  );
}

export const StopIcon = () => (
  <Icon>
    <rect x="4" y="4" width="8" height="8" rx="1.8" fill="currentColor" stroke="none" />
  </Icon>
);

export const CloseIcon = () => (
  <Icon>
    <path d="M4.5 4.5l7 7M11.5 4.5l-7 7" />
  </Icon>
);

export const SendIcon = () => (
  <Icon>
    <path d="M8 13V3.5M3.8 7.5L8 3.3l4.2 4.2" />
  </Icon>
);

export const CheckIcon = () => (
  <Icon>
    <path d="M3.5 8.5l3 3 6-6.8" />
  </Icon>
);

export const FailedIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="6" />
    <path d="M6 6l4 4M10 6l-4 4" />
  </Icon>
);

/** The person is asked. */
export const AskIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="6" />
    <path d="M6.2 6.4a1.9 1.9 0 1 1 2.6 1.8c-.5.2-.8.6-.8 1.1M8 11.4v.1" />
  </Icon>
);

/** The person said no. */
export const DeniedIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="6" />
    <path d="M3.8 12.2l8.4-8.4" />
  </Icon>
);

export const UndoneIcon = () => (
  <Icon>
    <path d="M5.5 3L2.8 5.7l2.7 2.7M3 5.7h6a3.8 3.8 0 1 1 0 7.6H6.4" />
  </Icon>
);

/** Something is looked at. */
export const EyeIcon = () => (
  <Icon>
    <path d="M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8z" />
    <circle cx="8" cy="8" r="1.9" />
  </Icon>
);

/** Something is changed. */
export const PencilIcon = () => (
  <Icon>
    <path d="M10.8 2.8l2.4 2.4-7.6 7.6-3.1.7.7-3.1z" />
  </Icon>
);

/** Something leaves. */
export const LeaveIcon = () => (
  <Icon>
    <path d="M7 3.2H3.2v9.6h9.6V9M9.6 2.8h3.6v3.6M13 3L7.6 8.4" />
  </Icon>
);

/** A program runs. */
export const ProgramIcon = () => (
  <Icon>
    <rect x="1.8" y="2.8" width="12.4" height="10.4" rx="1.8" />
    <path d="M4.6 6l2 2-2 2M8.4 10.2h2.8" />
  </Icon>
);

export const WarningIcon = () => (
  <Icon size={20}>
    <path d="M8 2.2l6.2 11H1.8z" />
    <path d="M8 6.4v3M8 11.2v.1" />
  </Icon>
);

export const HintIcon = () => (
  <Icon size={20}>
    <path d="M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8z" />
    <path d="M8 7.2v4M8 4.8v.1" />
  </Icon>
);

export const DownIcon = () => (
  <Icon size={14}>
    <path d="M8 3v9.5M3.8 8.5L8 12.7l4.2-4.2" />
  </Icon>
);

/** Practice: the voice stays at home. */
export const HomeIcon = () => (
  <Icon size={13}>
    <path d="M2.5 7.5L8 2.8l5.5 4.7M4 6.8V13h8V6.8" />
  </Icon>
);

/** A server: the voice goes out. */
export const ServerIcon = () => (
  <Icon size={13}>
    <circle cx="8" cy="8" r="5.8" />
    <path d="M2.4 8h11.2M8 2.2c2.2 2 2.2 9.6 0 11.6M8 2.2c-2.2 2-2.2 9.6 0 11.6" />
  </Icon>
);

export const MicrophoneIcon = () => (
  <Icon size={13}>
    <rect x="6" y="1.8" width="4" height="7.4" rx="2" />
    <path d="M3.6 7.6a4.4 4.4 0 0 0 8.8 0M8 12v2.2" />
  </Icon>
);
