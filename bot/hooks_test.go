package main_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestAnotherSystemIsToldAfterAKill commits an event while nobody listens, kills
// the process before it was delivered, and finds it delivered by the next.
func TestAnotherSystemIsToldAfterAKill(t *testing.T) {
	t.Parallel()
	address := freePorts(t, 1)[0]
	s := serve(t, sqliteFile(t), "", "HOOKS_PRIVATE=true")
	admin, err := s.run("token", "--scopes", "admin", "hooks")
	if err != nil {
		t.Fatal(err)
	}
	s.token = strings.TrimSpace(admin)
	hook := s.create("/webhooks", map[string]any{"url": "http://" + address + "/told", "kinds": []string{"appointment_cancelled"}})
	client := s.client(s.create("/specialists", map[string]any{"name": "Sam"}), "John Example", johnsNumber)
	meeting := s.create("/clients/"+client+"/appointments", map[string]any{
		"kind": "regular", "at": s.now().Add(72 * time.Hour).UTC().Truncate(time.Minute).Format(time.RFC3339),
	})
	if status := s.call(http.MethodPost, "/appointments/"+meeting+"/cancel", nil, nil); status != http.StatusOK {
		t.Fatalf("cancel: %d", status)
	}
	s.kill()
	var mu sync.Mutex
	var got []map[string]any
	socket, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	receiver := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var told map[string]any
		_ = json.Unmarshal(body, &told)
		told["id"] = r.Header.Get("Webhook-Id")
		if strings.Contains(string(body), "John") || !strings.HasPrefix(r.Header.Get("Webhook-Signature"), "v1,") {
			t.Errorf("told %s", body)
		}
		mu.Lock()
		got = append(got, told)
		mu.Unlock()
		w.WriteHeader(http.StatusNoContent)
	})}
	go func() { _ = receiver.Serve(socket) }()
	t.Cleanup(func() { _ = receiver.Shutdown(context.WithoutCancel(t.Context())) })
	s.start()
	s.wait(func() bool { mu.Lock(); defer mu.Unlock(); return len(got) > 0 })
	mu.Lock()
	defer mu.Unlock()
	if len(got) == 0 {
		t.Fatal("nobody was told")
	}
	data, _ := got[0]["data"].(map[string]any)
	if got[0]["type"] != "appointment_cancelled" || data["appointment"] != meeting || data["client"] != client {
		t.Errorf("told %v", got[0])
	}
	var list struct {
		Items []struct {
			ID, State string
			Answer    int
		}
	}
	s.wait(func() bool {
		return s.call(http.MethodGet, "/webhooks/"+hook+"/deliveries", nil, &list) == http.StatusOK && len(list.Items) == 1 && list.Items[0].State == "delivered"
	})
	if len(list.Items) != 1 || list.Items[0].ID != got[0]["id"] || list.Items[0].Answer != http.StatusNoContent {
		t.Errorf("its fate: %+v", list)
	}
}
