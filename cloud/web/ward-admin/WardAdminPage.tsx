import { useState } from "react";
import { AGE_BAND_WORDS, FEATURE_WORDS, LEVEL_WORDS } from "../../../contracts/ui/booking-words.ts";
import { FactTable } from "../../../contracts/ui/FactTable.tsx";
import { BedProfileList, type BedProfileView } from "../../../contracts/wire/ward-desk.ts";
import { useShownBoard } from "../board/BoardContext.tsx";
import { DeskPage, useDeskQuery } from "../desk/DeskList.tsx";
import { NoticeFrame } from "../desk/notices.tsx";
import { useSession } from "../history/use-history-queries.ts";
import { PolicySection } from "./PolicySection.tsx";
import { ProfileEditor } from "./ProfileEditor.tsx";
import { ProfileImport } from "./ProfileImport.tsx";

/** What a hospital says of its beds and of how it books them. */
export function WardAdminPage() {
  const session = useSession().data;
  const hospitals = useShownBoard()?.layout ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const hospitalId = chosen ?? session?.hospitalId ?? hospitals[0]?.hospitalId ?? null;
  return (
    <NoticeFrame>
      {hospitalId === null ? null : (
        <>
          {hospitals.length < 2 ? null : (
            <div className="desk-fields ward-admin-pick">
              <label>
                Hospital
                <select
                  className="control"
                  value={hospitalId}
                  onChange={({ target }) => setChosen(target.value)}
                >
                  {hospitals.map((hospital) => (
                    <option key={hospital.hospitalId} value={hospital.hospitalId}>
                      {hospital.name}
                    </option>
                  ))}
                </select>
              </label>
            </div>
          )}
          <WardAdmin key={hospitalId} hospitalId={hospitalId} />
        </>
      )}
    </NoticeFrame>
  );
}

function WardAdmin({ hospitalId }: { readonly hospitalId: string }) {
  const query = useDeskQuery("bed-profiles", BedProfileList, `/api/v1/bed-profiles?hospital=${hospitalId}`);
  const [edited, setEdited] = useState<string | null>(null);
  return (
    <DeskPage title="Ward administration" query={query}>
      {({ beds }) => {
        const bed = beds.find(({ bedId }) => bedId === edited);
        return (
          <>
            {bed === undefined ? null : (
              <ProfileEditor key={`${bed.bedId} ${bed.version}`} bed={bed} onClose={() => setEdited(null)} />
            )}
            <section className="desk-section" aria-labelledby="profiles-title">
              <h3 id="profiles-title">
                Beds <span className="quiet">{beds.length}</span>
              </h3>
              <FactTable
                labelledBy="profiles-title"
                keyOf={({ bedId }) => bedId}
                rows={beds}
                columns={[
                  {
                    name: "Bed",
                    cell: ({ label, wardName, roomName }) => `${label}, ${wardName}, ${roomName}`,
                  },
                  {
                    name: "Class",
                    cell: (row) =>
                      row.profile === null ? "Not said: never offered" : LEVEL_WORDS[row.profile.levelOfCare],
                  },
                  { name: "Features", cell: ({ profile }) => featuresOf(profile) },
                  {
                    name: "Ages",
                    cell: ({ profile }) =>
                      profile?.ageBands.map((age) => AGE_BAND_WORDS[age]).join(", ") ?? "–",
                  },
                  { name: "Sex rule", cell: ({ profile }) => profile?.sexRule ?? "–" },
                  {
                    name: "Change",
                    cell: (row) => (
                      <button type="button" className="control" onClick={() => setEdited(row.bedId)}>
                        Change<span className="visually-hidden"> bed {row.label}</span>
                      </button>
                    ),
                  },
                ]}
              />
            </section>
            <ProfileImport hospitalId={hospitalId} />
            <PolicySection hospitalId={hospitalId} />
          </>
        );
      }}
    </DeskPage>
  );
}

function featuresOf(profile: BedProfileView["profile"]): string {
  if (profile === null) return "–";
  return profile.features.map((feature) => FEATURE_WORDS[feature]).join(", ") || "none";
}
