package twilio

import (
	"time"

	"baro/gateway/channel"
)

// Waits for refusals that say "later" without saying when.
const (
	afterThrottle  = 2 * time.Second
	afterQueueFull = time.Minute
	afterDayLimit  = time.Hour
)

// refusal sorts the error codes of the Messages resource (https://www.twilio.com/docs/api/errors). ok is false for a
// code that is not known: Twilio may change the code of a cause, so the HTTP status decides then.
func refusal(code int) (r channel.Result, ok bool) {
	switch code {
	case 20003:
		return refused(channel.ClassAuth), true
	case 20429:
		return later(afterThrottle), true
	case 21611:
		return later(afterQueueFull), true
	case 63038:
		return later(afterDayLimit), true
	case 21211, 21614:
		return refused(channel.ClassBadNumber), true
	case 21610:
		return refused(channel.ClassOptedOut), true
	case 21212, 21606, 21612:
		return refused(channel.ClassSenderNotAllowed), true
	case 20404, 21408, 21602, 21603, 21604, 21608, 21609, 21617, 21703, 21705, 21709:
		return refused(channel.ClassConfig), true
	}
	if class := deliveryClass(code); class != channel.ClassUnknown {
		return refused(class), true
	}
	return channel.Result{}, false
}

// deliveryClass sorts the ErrorCode of a status callback.
func deliveryClass(code int) channel.Class {
	switch code {
	case 30001, 30017, 30410:
		return channel.ClassProviderDown
	case 30002:
		return channel.ClassAuth
	case 30003:
		return channel.ClassUnreachableNow
	case 30004, 30005, 30006:
		return channel.ClassUnreachableForever
	case 30007:
		return channel.ClassBlockedContent
	case 30018, 30024:
		return channel.ClassSenderNotAllowed
	case 21610:
		return channel.ClassOptedOut
	case 21211, 21614:
		return channel.ClassBadNumber
	}
	return channel.ClassUnknown
}

func refused(class channel.Class) channel.Result {
	return channel.Result{Outcome: channel.Refused, Class: class}
}

func later(after time.Duration) channel.Result {
	return channel.Result{Outcome: channel.RetryAfter, Class: channel.ClassRateLimited, After: after}
}
