package harness
import ("testing"; "os"; "context"; "time"; "go/build"
"github.com/asynclint/asynclint/testbed/goker"
"github.com/asynclint/asynclint/testbed/job")
func TestScratch(t *testing.T) {
	dir := os.Getenv("SCRATCH")
	pat := "."
	if dir == "" {
		dir = t.TempDir()
		ks, err := goker.Write(build.Default.GOROOT, dir)
		if err != nil { t.Fatal(err) }
		for _, k := range ks { if len(k.Leaks) == 0 { t.Log("no leaks", k.Name) } }
		t.Log(len(ks))
	}
	if p := os.Getenv("PAT"); p != "" { pat = p }
	var src = os.DirFS("/tmp/stub")
	if s := os.Getenv("SRC"); s != "" { src = os.DirFS(s) }
	t0 := time.Now()
	ps, err := Build(context.Background(), Config{Dir: dir, Sources: src}, pat)
	if err != nil { t.Fatal(err) }
	for _, p := range ps {
	defer p.Close()
	t.Log(time.Since(t0), p.ImportPath, len(p.Targets), p.Sites, len(p.Notes), p.Foreign)
	for _, n := range p.Notes { t.Log(n.What, n.Pos) }
	for _, tg := range p.Targets {
		if only := os.Getenv("RUN"); only != "" && only != tg { continue }
		r, err := p.Run(context.Background(), job.Job{Target: tg}, nil)
		t.Log(tg, r, err)
	}
	}
}
