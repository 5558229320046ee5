// What `meshlint completion SHELL` prints. The scripts know nothing of meshlint: they hand the words of the line to
// `meshlint __complete` (complete.ts), so they never go stale. Its first line says what follows: `words`, or `files`
// where the shell completes paths; then one candidate a line, a tab before its description.

const bash = `# Completion of meshlint for bash: source <(meshlint completion bash)
_meshlint() {
  local kind word rest
  COMPREPLY=()
  {
    IFS= read -r kind
    while IFS=$'\\t' read -r word rest; do COMPREPLY+=("$word"); done
  } < <("\${COMP_WORDS[0]/#\\~/$HOME}" __complete bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
  [[ $kind == files ]] || compopt +o default 2>/dev/null
  return 0
}
complete -o default -F _meshlint meshlint
`;

const zsh = `#compdef meshlint
# Completion of meshlint for zsh: source <(meshlint completion zsh), or save it as _meshlint in a folder of $fpath
_meshlint() {
  local line word rest
  local -a answer candidates
  answer=("\${(@f)$("\${words[1]/#\\~/$HOME}" __complete zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in "\${(@)answer[2,-1]}"; do
    word=\${line%%$'\\t'*}
    rest=\${line#*$'\\t'}
    candidates+=("\${word//:/\\\\:}\${rest:+:$rest}")
  done
  (( $#candidates )) && _describe meshlint candidates
  if [[ \${answer[1]} == files ]]; then
    compset -P '*='
    _files
  fi
}
if [[ \${funcstack[1]} == _meshlint ]]; then
  _meshlint "$@"
else
  compdef _meshlint meshlint
fi
`;

const fish = `# Completion of meshlint for fish: meshlint completion fish | source
function __meshlint_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l answer ($words[1] __complete fish -- $words[2..-1] "$current" 2>/dev/null)
    printf '%s\\n' $answer[2..-1]
    if test "$answer[1]" = files
        __fish_complete_path "$current"
    end
end
complete -c meshlint -f -a '(__meshlint_complete)'
`;

export const completionScripts = { bash, zsh, fish } as const;
export type Shell = keyof typeof completionScripts;
