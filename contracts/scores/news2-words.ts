/** NEWS2 in words. What a total asks for is chart 2 of the publication, told shortly. */
import type { Consciousness, News2, News2PartName, News2Risk } from "./news2.ts";

export const NEWS2_SOURCE = "NEWS2 © Royal College of Physicians, London 2017";
export const NEWS2_LIMITS = "Not for patients under 16 years or in pregnancy.";

export const NEWS2_PART_WORDS: Readonly<Record<News2PartName, string>> = {
  respiration: "Respiration rate",
  "oxygen-saturation": "Oxygen saturation",
  "air-or-oxygen": "Air or oxygen",
  "systolic-pressure": "Systolic pressure",
  pulse: "Pulse",
  consciousness: "Consciousness",
  temperature: "Temperature",
};

export const CONSCIOUSNESS_WORDS: Readonly<Record<Consciousness, string>> = {
  alert: "Alert",
  confusion: "New confusion",
  voice: "Responds to voice",
  pain: "Responds to pain",
  unresponsive: "Unresponsive",
};

export const NEWS2_RISK_WORDS: Readonly<Record<News2Risk, string>> = {
  low: "Low risk",
  "low-medium": "Low to medium risk",
  medium: "Medium risk",
  high: "High risk",
};

/** How often to observe, and who should come. Null where there is nothing to go by. */
export function news2Advice({
  total,
  risk,
  threes,
}: Pick<News2, "total" | "risk" | "threes">): string | null {
  switch (risk) {
    case "high":
      return "Observe continuously. Emergency assessment by a team with critical-care skills.";
    case "medium":
      return "Observe at least every hour. Urgent review by a clinician skilled in acute illness.";
    case "low-medium":
      return "Observe at least every hour. A part of 3 by itself: the medical team reviews urgently.";
    case "low":
      return total === 0
        ? "Observe at least every 12 hours."
        : "Observe at least every 4 to 6 hours. A registered nurse assesses the patient.";
    case null:
      return threes.length === 0
        ? null
        : "Without a total, too: a part of 3 by itself asks for an urgent review by the medical team.";
  }
}
