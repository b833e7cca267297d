package carrier

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// controlHandler is the carrier's own small JSON interface, for tests that drive a real program from outside:
//
//	GET    /_carrier/sms[?to=+44…]      what was accepted and received: {"accepted": n, "messages": […]}
//	POST   /_carrier/sms                a Text; answers its Delivery once the webhook has answered
//	POST   /_carrier/callback           {"address","sid","status","code","forge"}: one status callback by itself
//	GET    /_carrier/deliveries         how inbound webhooks were answered
//	GET    /_carrier/telegram[?chat=n]  chats, what the bot sent, updates that still wait
//	POST   /_carrier/telegram           {"do": "text"|"start"|"press"|"block"|…}, see personAction
//	GET    /_carrier/faults             POST adds a Fault or a list of them ("for": "1.5s"), DELETE clears
//	GET    /_carrier/clock              POST {"set": RFC 3339} or {"advance": "1h"}
//	GET    /_carrier/violations
//	POST   /_carrier/inbound            {"url","fallback"}: where texts are posted
//	POST   /_carrier/clear              forgets messages, faults and violations
//
// Errors are {"error": "…"} with status 400. It asks for no password and refuses requests from other web sites.
func (c *Carrier) controlHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_carrier/sms", c.controlMessages)
	mux.HandleFunc("POST /_carrier/sms", control(func(r *http.Request, t Text) (any, error) {
		if t.From == "" {
			return nil, fmt.Errorf("from is required")
		}
		return deliveryAnswer(c.Deliver(r.Context(), t)), nil
	}))
	mux.HandleFunc("POST /_carrier/callback", control(func(r *http.Request, in callbackRequest) (any, error) {
		return deliveryAnswer(c.CallBack(r.Context(), in.Address, in.SID, in.Status, in.Code, in.Forge)), nil
	}))
	mux.HandleFunc("GET /_carrier/deliveries", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]any{"deliveries": emptyNotNull(c.Deliveries())})
	})
	mux.HandleFunc("GET /_carrier/telegram", c.controlChats)
	mux.HandleFunc("POST /_carrier/telegram", control(func(r *http.Request, in personAction) (any, error) {
		return c.act(in)
	}))
	mux.HandleFunc("GET /_carrier/faults", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]any{"faults": c.Faults()})
	})
	mux.HandleFunc("POST /_carrier/faults", control(func(_ *http.Request, in faultRequest) (any, error) {
		return map[string]any{"added": len(in)}, c.Inject(in...)
	}))
	mux.HandleFunc("DELETE /_carrier/faults", func(w http.ResponseWriter, _ *http.Request) {
		c.ClearFaults()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /_carrier/clock", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]any{"now": c.Now().UTC()})
	})
	mux.HandleFunc("POST /_carrier/clock", control(func(_ *http.Request, in clockRequest) (any, error) {
		if err := c.moveClock(in); err != nil {
			return nil, err
		}
		return map[string]any{"now": c.Now().UTC()}, nil
	}))
	mux.HandleFunc("GET /_carrier/violations", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]any{"violations": emptyNotNull(c.Violations())})
	})
	mux.HandleFunc("POST /_carrier/inbound", control(func(_ *http.Request, in inboundRequest) (any, error) {
		c.SetInbound(in.URL, in.Fallback)
		return map[string]any{}, nil
	}))
	mux.HandleFunc("POST /_carrier/clear", func(w http.ResponseWriter, _ *http.Request) {
		c.ClearLog()
		c.ClearFaults()
		c.problems.clear()
		w.WriteHeader(http.StatusNoContent)
	})
	return http.NewCrossOriginProtection().Handler(mux)
}

type callbackRequest struct {
	Address string  `json:"address"`
	SID     string  `json:"sid"`
	Status  string  `json:"status"`
	Code    int     `json:"code"`
	Forge   Forgery `json:"forge"`
}

type inboundRequest struct {
	URL      string `json:"url"`
	Fallback string `json:"fallback"`
}

type clockRequest struct {
	Set     *time.Time `json:"set"`
	Advance string     `json:"advance"`
}

func (c *Carrier) moveClock(in clockRequest) error {
	if in.Set != nil {
		return c.SetClock(*in.Set)
	}
	d, err := time.ParseDuration(in.Advance)
	if err != nil {
		return fmt.Errorf("read advance: %w", err)
	}
	if d <= 0 {
		return fmt.Errorf("advance must be more than nothing")
	}
	c.Advance(d)
	return nil
}

// faultRequest is one fault or a list of them.
type faultRequest []Fault

// UnmarshalJSON reads "for" as a duration such as "1.5s".
func (r *faultRequest) UnmarshalJSON(data []byte) error {
	type wire struct {
		Fault
		For string `json:"for"`
	}
	var many []wire
	if len(data) > 0 && data[0] == '[' {
		if err := json.Unmarshal(data, &many); err != nil {
			return fmt.Errorf("read faults: %w", err)
		}
	} else {
		var one wire
		if err := json.Unmarshal(data, &one); err != nil {
			return fmt.Errorf("read fault: %w", err)
		}
		many = []wire{one}
	}
	for _, w := range many {
		f := w.Fault
		if w.For != "" {
			d, err := time.ParseDuration(w.For)
			if err != nil {
				return fmt.Errorf("read fault's duration: %w", err)
			}
			f.For = d
		}
		*r = append(*r, f)
	}
	return nil
}

func (c *Carrier) controlMessages(w http.ResponseWriter, r *http.Request) {
	to := r.URL.Query().Get("to")
	found := c.messages(func(m *Message) bool { return to == "" || m.To == to })
	writeJSON(w, http.StatusOK, map[string]any{"accepted": c.Accepted(), "messages": emptyNotNull(found)})
}

func (c *Carrier) controlChats(w http.ResponseWriter, r *http.Request) {
	chat, err := strconv.ParseInt(orElse(r.URL.Query().Get("chat"), "0"), 10, 64)
	if err != nil {
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": "chat must be a number"})
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"messages": emptyNotNull(c.chatMessages(func(m *ChatMessage) bool { return chat == 0 || m.Chat == chat })),
		"pending":  c.PendingUpdates(), "webhook": c.WebhookURL(), "answers": emptyNotNull(c.CallbackAnswers()),
	})
}

func deliveryAnswer(d Delivery) any {
	type answer struct {
		Delivery
		Error string `json:"error,omitempty"`
	}
	out := answer{Delivery: d}
	if d.Err != nil {
		out.Error = d.Err.Error()
	}
	return out
}

// control reads a JSON body, calls fn and writes what it answers.
func control[In any](fn func(*http.Request, In) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in In
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err == nil {
			err = json.Unmarshal(body, &in)
		}
		var out any
		if err == nil {
			out, err = fn(r, in)
		}
		if err != nil {
			writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
			return
		}
		writeJSON(w, http.StatusOK, out)
	}
}

func emptyNotNull[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
