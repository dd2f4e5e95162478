package orange_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"baro/gateway/channel"
	"baro/gateway/channel/channeltest"
	"baro/gateway/channel/channeltest/standin"
)

func post(body string) *channel.Request {
	return channeltest.Post("/hooks/orange/sms", "application/json", body)
}

func TestDecodeMO(t *testing.T) {
	base := channel.MO{Channel: "orange", ExternalID: "m1", From: channeltest.Number(standin.Number), To: "+2230000", Text: "BUDGET Jèkabara"}
	printed, windows := base, base
	printed.ExternalID = "print-+22370000001|2026-11-25T08:00:00|BUDGET Jèkabara"
	windows.Text = "café"
	message := func(fields string) string {
		return `{"inboundSMSMessageNotification":{"callbackData":"c","inboundSMSMessage":{` + fields + `}}}`
	}
	for name, c := range map[string]struct {
		body string
		want channel.MO
	}{
		"as documented":   {message(`"dateTime":"2026-11-25T08:00:00","destinationAddress":"tel:+2230000","messageId":"m1","message":"BUDGET Jèkabara","senderAddress":"tel:+22370000001"`), base},
		"escaped":         {message(`"destinationAddress":"+2230000","messageId":"m1","message":"BUDGET J\u00e8kabara","senderAddress":"22370000001","new":{"a":[1]}`), base},
		"without an id":   {message(`"dateTime":"2026-11-25T08:00:00","destinationAddress":"+2230000","message":"BUDGET Jèkabara","senderAddress":"tel:+22370000001"`), printed},
		"in Windows-1252": {message(`"destinationAddress":"+2230000","messageId":"m1","message":"caf` + "\xe9" + `","senderAddress":"tel:+22370000001"`), windows},
	} {
		got, resp, err := sms(t, nil).DecodeMO(post(c.body))
		if err != nil || resp.Status != 200 || len(got) != 1 || got[0] != c.want {
			t.Errorf("%s: %+v, answered %d, %v; want %+v", name, got, resp.Status, err, c.want)
		}
	}
	for _, body := range []string{
		"", "[]x", message(`"message":"secret-typed"`), message(`"senderAddress":"tel:+22370000001","messageId":"m 1","message":"x"`),
		message(`"senderAddress":"tel:+22370000001","messageId":"m","message":"` + strings.Repeat("x", 9000) + `"`), message(`"message":"` + "\x81\xff" + `"`),
	} {
		if _, _, err := sms(t, nil).DecodeMO(post(body)); !errors.Is(err, channel.ErrInvalid) || strings.Contains(err.Error(), "70000001") {
			t.Errorf("%.60s: %v", body, err)
		}
	}
	for _, body := range []string{`{}`, `{"deliveryInfoNotification":{}}`, message(`"senderAddress":"ORANGE","messageId":"m","message":"promo"`)} {
		if got, resp, err := sms(t, nil).DecodeMO(post(body)); err != nil || len(got) != 0 || resp.Status != 200 {
			t.Errorf("%s: %+v, answered %d, %v", body, got, resp.Status, err)
		}
	}
}

func TestDecodeReceipts(t *testing.T) {
	for status, want := range map[string]channel.Receipt{
		"DeliveredToTerminal": {State: channel.ReceiptDelivered}, "DeliveredToNetwork": {State: channel.ReceiptSent},
		"DeliveryImpossible": {State: channel.ReceiptFailed, Class: channel.ClassUnknown}, "DeliveryUncertain": {}, "MessageWaiting": {},
		"DeliveredToTheMoon": {}, "deliveredtoterminal": {State: channel.ReceiptDelivered},
	} {
		want.Channel, want.ProviderID, want.Code = "orange", "r1", status
		info := `{"address":"tel:+22370000001","deliveryStatus":"` + status + `"}`
		for _, form := range []string{info, "[" + info + "]"} {
			got, resp, err := sms(t, nil).DecodeReceipts(post(`{"deliveryInfoNotification":{"callbackData":"r1","deliveryInfo":` + form + `}}`))
			if err != nil || resp.Status != 200 || len(got) != 1 || got[0] != want {
				t.Errorf("%s: %+v, %v; want %+v", form, got, err, want)
			}
		}
	}
	for _, body := range []string{"x", `{"deliveryInfoNotification":{"deliveryInfo":{}}}`, `{"deliveryInfoNotification":{"callbackData":"a b","deliveryInfo":{}}}`} {
		if _, _, err := sms(t, nil).DecodeReceipts(post(body)); !errors.Is(err, channel.ErrInvalid) {
			t.Errorf("%s: %v", body, err)
		}
	}
	for _, body := range []string{`{}`, `{"deliveryInfoNotification":{"callbackData":"r1"}}`, `{"deliveryInfoNotification":{"callbackData":"r1","deliveryInfo":7}}`} {
		if got, resp, err := sms(t, nil).DecodeReceipts(post(body)); err != nil || len(got) != 0 || resp.Status != 200 {
			t.Errorf("%s: %+v, answered %d, %v", body, got, resp.Status, err)
		}
	}
}

func TestReportsOverTheWire(t *testing.T) {
	var got []channel.Receipt
	s := sms(t, nil)
	hook := standin.Hook(t, func(r *channel.Request) (channel.Response, error) {
		receipts, resp, err := s.DecodeReceipts(r)
		got = append(got, receipts...)
		return resp, err
	})
	there := standin.NewOrange(t, basic, path, hook+"/hooks/orange/status")
	s = sms(t, at(there.URL))
	there.Next(standin.Fault{Receipts: []string{"DeliveredToTerminal", "DeliveredToNetwork", "DeliveredToTerminal"}})
	r := s.Send(t.Context(), mt("x"))
	if r.Outcome != channel.Accepted || len(got) != 3 || got[0].ProviderID != r.ProviderID || got[0].State != channel.ReceiptDelivered {
		t.Errorf("%+v, %+v", r, got)
	}
}

func FuzzInbound(f *testing.F) {
	f.Add(`{"inboundSMSMessageNotification":{"inboundSMSMessage":{"messageId":"m","message":"x","senderAddress":"tel:+22370000001"}}}`)
	f.Add(`{"deliveryInfoNotification":{"callbackData":"r","deliveryInfo":[{"deliveryStatus":"DeliveredToTerminal"}]}}`)
	f.Add("{\"inboundSMSMessageNotification\":{\"inboundSMSMessage\":{\"message\":\"\xe9\\u0000\\ud800\",\"senderAddress\":\"70000001\"}}}")
	s := sms(f, nil)
	f.Fuzz(func(t *testing.T, body string) {
		mos, _, err := s.DecodeMO(post(body))
		if err != nil && !errors.Is(err, channel.ErrInvalid) {
			t.Fatalf("error of no kind: %v", err)
		}
		for _, m := range mos {
			if m.From.IsZero() || m.ExternalID == "" || len(m.Text) > 16<<10 || !utf8.ValidString(m.Text+m.To) || strings.ContainsRune(m.Text+m.To, 0) {
				t.Fatalf("unfit message %+v", m)
			}
		}
		receipts, _, err := s.DecodeReceipts(post(body))
		if err != nil && !errors.Is(err, channel.ErrInvalid) {
			t.Fatalf("error of no kind: %v", err)
		}
		for _, r := range receipts {
			if r.ProviderID == "" || len(r.Code) > 64 {
				t.Fatalf("unfit receipt %+v", r)
			}
		}
	})
}
