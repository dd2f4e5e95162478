package smsgate

import (
	"strings"

	"baro/gateway/channel"
)

// state is what a word of the app for a message means (Pending and Processed: it has the message and has not sent it).
func state(word, reason string) (channel.ReceiptState, channel.Class, string) {
	switch word {
	case "Sent":
		return channel.ReceiptSent, channel.ClassNone, word
	case "Delivered":
		return channel.ReceiptDelivered, channel.ClassNone, word
	case "Failed", "Cancelled":
		s, class, code := failure(reason)
		if code == "" {
			code = word
		}
		return s, class, code
	}
	return channel.ReceiptPending, channel.ClassNone, ""
}

// failure sorts a reason, which is the name of a result of Android's SmsManager or the app's own sentence. Only names are
// kept: a sentence may repeat the number. An empty card shows as a generic failure.
func failure(reason string) (channel.ReceiptState, channel.Class, string) {
	word := strings.ToUpper(reason)
	if strings.Contains(word, "TTL") || strings.Contains(word, "EXPIRED") {
		return channel.ReceiptExpired, channel.ClassNone, "expired"
	}
	for _, known := range []struct {
		name  string
		class channel.Class
	}{
		{"SHORT_CODE_NOT_ALLOWED", channel.ClassSenderNotAllowed}, {"SHORT_CODE_NEVER_ALLOWED", channel.ClassSenderNotAllowed},
		{"FDN_CHECK_FAILURE", channel.ClassConfig}, {"LIMIT_EXCEEDED", channel.ClassRateLimited},
		{"RADIO_OFF", channel.ClassProviderDown}, {"NO_SERVICE", channel.ClassProviderDown}, {"NETWORK_ERROR", channel.ClassProviderDown},
		{"RADIO_NOT_AVAILABLE", channel.ClassProviderDown}, {"NETWORK_REJECT", channel.ClassUnknown},
		{"INVALID_SMSC_ADDRESS", channel.ClassConfig}, {"GENERIC_FAILURE", channel.ClassUnknown}, {"NULL_PDU", channel.ClassUnknown},
		{"MODEM_ERROR", channel.ClassUnknown}, {"CANCELLED", channel.ClassUnknown},
	} {
		if strings.Contains(word, known.name) {
			return channel.ReceiptFailed, known.class, known.name
		}
	}
	return channel.ReceiptFailed, channel.ClassUnknown, ""
}
