package signin

import "net/http"

// AutomaticHeader is on requests that a page made by itself: nobody clicked, so
// they do not keep a session from ending for want of use. Whoever sets it on
// others only ends their own session earlier.
const AutomaticHeader = "Alongside-Automatic"

// IsAutomatic says whether a page made the request by itself.
func IsAutomatic(r *http.Request) bool { return r.Header.Get(AutomaticHeader) != "" }

// Automatic stands before a route that only pages ask for by themselves.
func Automatic(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set(AutomaticHeader, "1")
		next.ServeHTTP(w, r)
	})
}
