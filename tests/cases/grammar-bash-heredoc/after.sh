f() {
  cat <<'EOF'
if ( { [
EOF
  (( x = 1 << 2 ))
}
