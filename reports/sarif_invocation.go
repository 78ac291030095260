package reports

import (
	"fmt"

	"github.com/routeproof/routeproof/internal/finding"
)

// The indexes of notificationRules.
const (
	noticeItem = iota
	noticeLine
	noticeLeft
	noticeOff
	noticeNote
)

func notificationRules() []sarifRule {
	return []sarifRule{
		noticeItem: {
			ID: "EVIDENCE-NOT-WHOLE", Name: "EvidenceNotWhole",
			ShortDescription: sarifMessage{Text: "An item of the evidence was not collected as a whole."},
			FullDescription:  sarifMessage{Text: "What the item would have said is not known. Findings that need it are open."},
			Help:             &sarifMessage{Text: "Collect the evidence again. For a denied item, grant the account the permission that the detail names."},
		},
		noticeLine: {
			ID: "EVIDENCE-LINE-UNREAD", Name: "EvidenceLineUnread",
			ShortDescription: sarifMessage{Text: "A line of the evidence was not understood."},
			FullDescription:  sarifMessage{Text: "The reader of the platform does not know the line. Findings that need it are open."},
			Help:             &sarifMessage{Text: "Report the line to the project, with the platform and its version."},
		},
		noticeLeft: {
			ID: "RESULTS-LEFT-OUT", Name: "ResultsLeftOut",
			ShortDescription: sarifMessage{Text: "The log does not have every result."},
			FullDescription:  sarifMessage{Text: "Code scanning services show 5,000 results of a run, and take 10 MB of a compressed log. The least severe results beyond that are left out."},
			Help:             &sarifMessage{Text: "Read report.json or report.html of the same run, which have or count every finding."},
		},
		noticeOff: {
			ID: "POLICY-SWITCHED-OFF", Name: "PolicySwitchedOff",
			ShortDescription: sarifMessage{Text: "A policy is switched off."},
			FullDescription:  sarifMessage{Text: "The configuration switches the policy off. The log says nothing of what it would have found."},
			Help:             &sarifMessage{Text: "Take the policy out of policies.disable in the configuration."},
		},
		noticeNote: {
			ID: "DERIVED-OR-ASSUMED", Name: "DerivedOrAssumed",
			ShortDescription: sarifMessage{Text: "Something was derived, assumed or declared that results rest on."},
			FullDescription:  sarifMessage{Text: "No device said it, or the configuration did: what sites have, or which traffic is exempt, until when and why."},
			Help:             &sarifMessage{Text: "Say it in the configuration where it is not so."},
		},
	}
}

// invocation says how the collection and the reading of the evidence went.
func (l *sarif) invocation(left leftOver) sarifInvocation {
	inv := sarifInvocation{ExecutionSuccessful: true}
	notify := func(index int, level, text string, at finding.Ref) {
		inv.ToolExecutionNotifications = append(inv.ToolExecutionNotifications, sarifNotification{
			Descriptor: sarifDescriptorRef{ID: notificationRules()[index].ID, Index: index}, Level: level,
			Message: sarifMessage{Text: sentence(text)}, Locations: []sarifLocation{l.location(at)},
		})
	}
	if left.results > 0 {
		notify(noticeLeft, "warning", fmt.Sprintf("%s that %s for %s left out, because services show no more: see report.json",
			count(left.results, "result"), stands(left.results), count(left.findings, "finding")+" "+isAre(left.results)), finding.Ref{})
	}
	bad := 0
	for _, it := range l.r.Evidence {
		if it.Status == "ok" {
			continue
		}
		inv.ExecutionSuccessful = false
		if bad++; bad > maxNotices {
			continue
		}
		text := it.Path + " is " + it.Status
		if it.Detail != "" {
			text += ": " + it.Detail
		}
		notify(noticeItem, "error", text, finding.Ref{Item: it.Path})
	}
	if bad > maxNotices {
		notify(noticeItem, "error", count(bad-maxNotices, "further item")+" "+isAre(bad-maxNotices)+" not whole", finding.Ref{})
	}
	for i, u := range l.r.Unread {
		if i == maxNotices {
			notify(noticeLine, "warning", fmt.Sprintf("%d more lines were not understood", len(l.r.Unread)-i), finding.Ref{})
			break
		}
		notify(noticeLine, "warning", "not understood: "+u.Text, finding.Ref{Item: u.Item, Line: u.Line})
	}
	for i, d := range l.r.Disabled {
		if i == maxNotices {
			notify(noticeOff, "warning", count(len(l.r.Disabled)-i, "further policy")+" switched off", finding.Ref{})
			break
		}
		notify(noticeOff, "warning", d.Policy+" is switched off: "+d.Reason, finding.Ref{})
	}
	for i, note := range l.r.Notes {
		if i == maxNotices {
			notify(noticeNote, "note", more(len(l.r.Notes)-i, "note"), finding.Ref{})
			break
		}
		notify(noticeNote, "note", note, finding.Ref{})
	}
	return inv
}

func stands(n int) string {
	if n == 1 {
		return "stands"
	}
	return "stand"
}
