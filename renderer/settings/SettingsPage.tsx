/**
 * Owns the order of the sections and the way between them. Every section is on the one page, so that nothing is
 * hidden from search or a screen reader; the list at the side only leads there.
 */
import { useRef, type ReactNode } from "react";
import type { SettingsSnapshot } from "../../shared/ipc-contract.ts";
import type { ToolsBridge } from "../../shared/tools-ipc.ts";
import type { ToolsSnapshot } from "../../shared/tools.ts";
import { ActionSection } from "./ActionSection.tsx";
import { DiagnosticsButton, type DiagnosticsBridge } from "./DiagnosticsButton.tsx";
import { GrantSection } from "./GrantSection.tsx";
import { KeySection, type KeyBridge } from "./KeySection.tsx";
import type { MicrophoneAccess } from "./microphone-access.ts";
import { MicrophoneSection } from "./MicrophoneSection.tsx";
import { ModelSection } from "./ModelSection.tsx";
import { NetworkSection, type ProxyBridge } from "./NetworkSection.tsx";
import { NumberSetting } from "./NumberSetting.tsx";
import { ServerSection } from "./ServerSection.tsx";
import { TalkKeySection } from "./TalkKeySection.tsx";
import { ToolSection, ToolSettings } from "./ToolSection.tsx";
import { ToolsContext } from "./tools-context.ts";
import { useCurrentSection } from "./use-current-section.ts";
import type { Latest } from "./use-latest.ts";
import { words } from "./words.ts";

export interface SettingsPageProps {
  readonly snapshot: SettingsSnapshot;
  readonly bridge: KeyBridge & ProxyBridge & DiagnosticsBridge & ToolsBridge;
  readonly microphones: MicrophoneAccess;
  readonly onSnapshot: (snapshot: SettingsSnapshot) => void;
  readonly tools: Latest<ToolsSnapshot>;
  readonly onTools: (snapshot: ToolsSnapshot) => void;
}

interface Section {
  readonly id: keyof typeof words.sections;
  /** Where there is room for more than the list at the side says. */
  readonly heading?: string;
  readonly body: ReactNode;
}

/** Apart from the ids of fields, which are the names of their settings. */
const sectionId = (id: Section["id"]): string => `section-${id}`;

export function SettingsPage(props: SettingsPageProps) {
  const { snapshot, bridge, microphones, onSnapshot, tools, onTools } = props;
  const aboutTools = { tools, bridge, onTools };
  const page = useRef<HTMLElement>(null);
  const { currentId, choose } = useCurrentSection(page);
  const sections: readonly Section[] = [
    { id: "key", body: <KeySection bridge={bridge} onSnapshot={onSnapshot} /> },
    { id: "model", body: <ModelSection /> },
    { id: "microphone", body: <MicrophoneSection access={microphones} /> },
    { id: "talk", body: <TalkKeySection /> },
    { id: "timing", body: <TimingSection /> },
    { id: "network", body: <NetworkSection bridge={bridge} onSnapshot={onSnapshot} /> },
    {
      id: "tools",
      body: (
        <>
          <AboutTools {...aboutTools}>
            <ToolSection />
          </AboutTools>
          <ToolSettings />
        </>
      ),
    },
    {
      id: "servers",
      body: (
        <AboutTools {...aboutTools}>
          <ServerSection />
        </AboutTools>
      ),
    },
    {
      id: "grants",
      heading: words.grants.heading,
      body: (
        <AboutTools {...aboutTools}>
          <GrantSection />
        </AboutTools>
      ),
    },
    { id: "actions", body: <ActionSection bridge={bridge} /> },
  ];
  return (
    <div className="settings">
      <nav className="sidebar" aria-label={words.title}>
        <ul>
          {sections.map(({ id }) => (
            <li key={id}>
              <button
                type="button"
                aria-current={sectionId(id) === (currentId ?? sectionId("key")) ? "true" : undefined}
                onClick={() => choose(sectionId(id))}
              >
                {words.sections[id]}
              </button>
            </li>
          ))}
        </ul>
        <DiagnosticsButton bridge={bridge} />
        <p className="version">{words.version(snapshot.version)}</p>
      </nav>
      <main ref={page} className="page">
        {snapshot.notice !== null && (
          <p className="page-notice" role="alert">
            {snapshot.notice}
          </p>
        )}
        {sections.map(({ id, heading, body }) => (
          <section key={id} id={sectionId(id)} className="section" aria-labelledby={`${id}-heading`}>
            <h2 id={`${id}-heading`}>{heading ?? words.sections[id]}</h2>
            <div className="group">{body}</div>
          </section>
        ))}
      </main>
    </div>
  );
}

type AboutToolsProps = Pick<SettingsPageProps, "bridge" | "tools" | "onTools"> & {
  readonly children: ReactNode;
};

/** What can be shown only once main has told what it knows of tools. */
function AboutTools({ bridge, tools, onTools, children }: AboutToolsProps) {
  if (tools.kind !== "read") return <p className="section-note">{words.tools[tools.kind]}</p>;
  return (
    <ToolsContext value={{ snapshot: tools.snapshot, bridge, onSnapshot: onTools }}>{children}</ToolsContext>
  );
}

function TimingSection() {
  return (
    <>
      <NumberSetting
        name="overlayHideSeconds"
        label={words.overlayHideSeconds.label}
        hint={words.overlayHideSeconds.hint}
      />
      <NumberSetting name="idleDisconnectSeconds" label={words.idleDisconnectSeconds.label} />
    </>
  );
}
